import { countOr, SEED, withstand } from './withstand';

const COUNT = countOr(100_000);

test(`${COUNT} hostile requests (seed ${SEED})`, () => withstand(SEED, COUNT), 30 * 60_000);
