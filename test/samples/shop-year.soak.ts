import { masked, playedShop, transcript } from './shop-year';

/** As many as the command plays by default, or what `SHOP_USERS` says. */
const USERS = Number(process.env['SHOP_USERS'] ?? 20_000);

test(`a year of ${USERS} visitors says what the README shows`, async () => {
  const { lines, later } = await playedShop(USERS);
  expect(masked(lines)).toEqual(masked(await transcript()));
  expect(later).toEqual(lines);
}, 3_600_000);
