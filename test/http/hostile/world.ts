/** What the server under test is set up with before requests are drawn. */
const LONG = 'x'.repeat(12_000);
const named = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

export const SETUP = {
  version: 2,
  project: { name: 'Shop', description: 'What is attacked' },
  keys: named(120, (at) => ({
    name: `key_${at}`,
    type: 'JSON',
    default: at % 6 === 0 ? { text: LONG, at } : at,
    description: `Key ${at}`,
  })),
  segments: named(60, (at) => ({
    name: `Segment ${at}`,
    rule: {
      all: [
        { property: { name: 'device.os', operator: 'EQUALS', value: `os ${at}` } },
        {
          any: [
            { property: { name: 'email', operator: 'MATCHES', value: `^a{1,20}${at}@` } },
            { did: { event: 'Purchase', count: { atLeast: 1 }, window: { lastDays: 30 } } },
          ],
        },
      ],
    },
  })),
  goals: named(20, (at) => ({ name: `Goal ${at}`, event: `Event ${at}` })),
  flags: named(20, (at) => ({
    name: `Flag ${at}`,
    key: `key_${at}`,
    rows: named(at === 0 ? 100 : 5, (row) => ({
      segment: `Segment ${(row + at) % 60}`,
      value: at === 0 ? { text: LONG.slice(0, 3_000), row } : row,
    })),
  })),
  configs: named(10, (at) => ({
    name: `Config ${at}`,
    keys: [`key_${at + 20}`],
    rows: [{ segment: `Segment ${at}`, values: { [`key_${at + 20}`]: at } }],
  })),
};

export const WORLD = {
  names: ['key_0', 'key_1', 'key_50', 'Segment 1', 'Flag 1', 'Goal 1', 'nope', ...named(20, (at) => `new_${at}`)] as string[],
  /** The first are no cursors at all; real ones are added once the server runs. */
  cursors: ['', 'AAAA', 'bm90LWEtY3Vyc29y'] as string[],
};
