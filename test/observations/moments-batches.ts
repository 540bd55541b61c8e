import fc from 'fast-check';
import type { Observation } from '../../src/observations/observations';
import { drawnBatches, observationOf } from '../contract/moments';

/** Always the same 40 batches of observations of one project. */
export function playedBatches(): readonly (readonly Observation[])[] {
  const drawn = fc.sample(drawnBatches, { seed: 42, numRuns: 60 }).flat();
  return drawn.slice(0, 40).map((batch) => batch.map((each) => observationOf('shop', each)));
}
