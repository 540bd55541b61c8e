import fc from 'fast-check';

const MOST_ROUNDS = 10;

/** Checks a property for so many draws, and for more, at most ten times as many, until all that the draws are to meet was met: what is rare is not in each hundred. */
export function assertUntil<Drawn>(isMet: () => boolean, property: fc.IProperty<Drawn>, numRuns: number): void {
  for (let round = 0; round === 0 || (round < MOST_ROUNDS && !isMet()); round += 1) fc.assert(property, { numRuns });
}
