import fc from 'fast-check';
import { playHistory, rolls } from './histories';

test('X4, U6: no history of the user store brings a user into two experiments that conflict: other histories each time', async () => {
  await fc.assert(fc.asyncProperty(rolls, playHistory), { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 3_000), endOnFailure: true });
}, 1_800_000);
