/** A test of the simulated year, and what is really so. Days are those of the year, from 0. */
export interface ShopTest {
  readonly name: string;
  readonly key: string;
  /** What control gives, and what the other variant gives. */
  readonly usual: string;
  readonly other: { readonly name: string; readonly value: string };
  readonly startDay: number;
  readonly stopDay: number;
  /** The true shares of visitors who buy. */
  readonly buys: { readonly control: number; readonly other: number };
  /** The share of the other variant's visitors whose app crashes before it reports what it has shown. */
  readonly crashes?: number;
  /** When the default of the key becomes something else, while the test runs. */
  readonly baseline?: { readonly day: number; readonly value: string };
  readonly truth: string;
}

export const TESTS: readonly ShopTest[] = [
  {
    name: 'One-page checkout',
    key: 'checkout',
    usual: 'three pages',
    other: { name: 'One page', value: 'one page' },
    startDay: 0,
    stopDay: 63,
    buys: { control: 0.25, other: 0.45 },
    truth: '25 % of visitors buy, with one page 45 %',
  },
  {
    name: 'Higher delivery fee',
    key: 'delivery_fee',
    usual: '3.90',
    other: { name: 'High fee', value: '9.90' },
    startDay: 70,
    stopDay: 133,
    buys: { control: 0.25, other: 0.1 },
    truth: '25 % of visitors buy, with the high fee 10 %',
  },
  {
    name: 'Blue buttons',
    key: 'button_color',
    usual: 'green',
    other: { name: 'Blue', value: 'blue' },
    startDay: 140,
    stopDay: 203,
    buys: { control: 0.25, other: 0.25 },
    truth: '25 % of visitors buy, whatever the colour',
  },
  {
    name: 'Product video',
    key: 'video',
    usual: 'off',
    other: { name: 'Video', value: 'on' },
    startDay: 210,
    stopDay: 273,
    buys: { control: 0.25, other: 0.25 },
    crashes: 0.5,
    truth: 'the video makes no difference, but half of the apps crash before they report that it was shown',
  },
  {
    name: 'Longer banner',
    key: 'banner',
    usual: 'Fresh every day',
    other: { name: 'Long', value: 'Fresh every day, and delivered within the hour' },
    startDay: 280,
    stopDay: 343,
    buys: { control: 0.25, other: 0.45 },
    baseline: { day: 310, value: 'Summer sale' },
    truth: '25 % of visitors buy, with the long banner 45 %, but what control shows is changed after 30 days',
  },
];

/** The set-up of the shop, as `experience-ledger apply` takes it. `plannedUsers`: of each test. */
export const setUpOf = (plannedUsers: number): object => ({
  version: 2,
  keys: TESTS.map(({ key, usual }) => ({ name: key, type: 'STRING', default: usual })),
  goals: [{ name: 'Purchase', event: 'purchase', measure: 'CONVERSION', windowDays: 7 }],
  experiments: TESTS.map(({ name, key, other }) => ({
    name,
    keys: [key],
    goals: ['Purchase'],
    analysis: { plannedUsers },
    variants: [
      { name: 'Control', control: true, weight: 50 },
      { name: other.name, weight: 50, values: { [key]: other.value } },
    ],
  })),
});
