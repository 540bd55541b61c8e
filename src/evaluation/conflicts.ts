import type { Experiment } from '../domain/experiment-state';
import { conflict } from '../domain/reach';

/** Experiments by their number in a ruleset, as bits: 32 in each word. */
export type ExperimentBits = Int32Array;

export function noBits(experiments: number): ExperimentBits {
  return new Int32Array((experiments + 31) >>> 5);
}

export function addBit(bits: ExperimentBits, number: number): void {
  bits[number >>> 5]! |= 1 << (number & 31);
}

export function haveCommon(a: ExperimentBits, b: ExperimentBits): boolean {
  for (let word = 0; word < a.length; word += 1) if ((a[word]! & b[word]!) !== 0) return true;
  return false;
}

/** For each experiment those that it conflicts with. Made when a ruleset is compiled, so that a request compares words of bits. */
export function conflictsOf(experiments: readonly Experiment[]): readonly ExperimentBits[] {
  return experiments.map((experiment) => {
    const bits = noBits(experiments.length);
    for (const [number, other] of experiments.entries()) if (other !== experiment && conflict(experiment, other)) addBit(bits, number);
    return bits;
  });
}
