import { WHOLE } from '../../src/domain/percent';

/** Weights of any sum as parts of 10,000. What rounding down leaves over goes to those who lost the most by it, the earlier first. */
export function basisPoints(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0)) throw new Error(`The weights ${weights.join(', ')} have no sum to be a part of: one must be above 0.`);
  const exact = weights.map((weight) => (weight * WHOLE) / sum);
  const down = exact.map(Math.floor);
  const left = WHOLE - down.reduce((total, part) => total + part, 0);
  const losers = exact
    .map((part, index) => ({ index, lost: part - (down[index] ?? 0) }))
    .sort((a, b) => b.lost - a.lost || a.index - b.index);
  const raised = new Set(losers.slice(0, left).map(({ index }) => index));
  return down.map((part, index) => part + (raised.has(index) ? 1 : 0));
}
