import { countOr, SEED, withstand } from './withstand';

const COUNT = countOr(3_000);

test(
  `${COUNT} hostile requests (seed ${SEED}) neither end the server, nor stay in its memory, nor hold its event loop`,
  () => withstand(SEED, COUNT),
  5 * 60_000,
);
