import type { Experiment } from './experiment-state';
import type { ProjectState } from './project-state';

/** Raises of traffic that one experiment may have, so that the events which record its intakes stay small. */
export const INTAKES = 20;

/** One intake of one experiment. */
export interface IntakeRef {
  readonly experiment: string;
  readonly intake: number;
}

/**
 * A part of the sample that an experiment began to take at one revision, and the intakes that were running then. From these
 * records alone follows who is in which test (X4): no assignment of a user is ever stored.
 */
export interface Intake {
  /** 1 for the start, then 2, 3, ... for each raise. */
  readonly number: number;
  /** The part of the sample, in basis points: from (inclusive) to (exclusive). */
  readonly from: number;
  readonly to: number;
  /** Every running intake of every other experiment, oldest experiment first: whether two conflict is read off the experiments. */
  readonly running: readonly IntakeRef[];
}

/** The intake that an experiment would open now, taking the sample up to `to`. */
export function openIntake(state: ProjectState, experiment: Experiment, to: number): Intake {
  const running = runningExperiments(state)
    .filter(({ id }) => id !== experiment.id)
    .flatMap(({ id, intakes }) => intakes.map(({ number }): IntakeRef => ({ experiment: id, intake: number })));
  return { number: experiment.intakes.length + 1, from: experiment.intakes.at(-1)?.to ?? 0, to, running };
}

/** In the order in which they started. */
export function runningExperiments(state: ProjectState): readonly Experiment[] {
  return [...state.experiments.values()]
    .filter(({ status }) => status === 'RUNNING')
    .sort((a, b) => (a.started?.revision ?? 0) - (b.started?.revision ?? 0));
}
