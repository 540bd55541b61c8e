import { TESTS } from '../../samples/shop/tests';
import { about, masked, playedShop, transcript, type PlayedShop } from './shop-year';

let played: PlayedShop;
// Fewer than the README's: the shares of who buys are the same, whatever the number.
beforeAll(async () => (played = await playedShop(1_000)), 300_000);

test.each(TESTS.filter(({ crashes }) => crashes === undefined).map(({ name }) => name))(
  'a year of few visitors says of "%s" what the README shows',
  async (name) => {
    const shown = masked(about(await transcript(), name));
    expect(shown.length).toBeGreaterThan(3);
    expect(masked(about(played.lines, name))).toEqual(shown);
  },
);

test('where apps crash before they report, the conclusion is withheld', () => {
  expect(about(played.lines, 'Product video').join('\n')).toContain('WITHHELD     Withheld for Video');
});

test('a server on the real clock goes on from there, and says the same', () => {
  expect(played.later).toEqual(played.lines);
});
