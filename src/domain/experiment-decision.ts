import { experiments, type Experiment } from './experiment-state';
import { notWhile } from './experiment-status';
import { sameJson } from './json';
import type { OnEntity } from './named-entity';
import { limitReached, type Problem, type RefusalOf } from './refusal';
import type { Decision } from './concept';
import { onExisting } from './targeting';
import { checkReason } from './text';

/* What people decide on what a test has shown. The numbers are not kept, but all that they are made of again. */

/** What is to become of what was tested. */
export const DECISIONS = ['SHIP', 'KEEP_CONTROL', 'INCONCLUSIVE'] as const;
export type DecisionKind = (typeof DECISIONS)[number];

/** The results that a decision was made on (R3). */
export interface DecisionBasis {
  /** The event of the project that they reach to. */
  readonly revision: number;
  /** The start of its hash, as a cursor has it. */
  readonly mark: string;
  /** Observations received up to then. UTC milliseconds. */
  readonly receivedUpTo: number;
  /** A digest of all that they are computed from. */
  readonly digest: string;
}

/** As the event has it. */
export interface DecisionMade {
  readonly decision: DecisionKind;
  readonly reason: string;
  readonly basis: DecisionBasis;
}

/** As the experiment has it. */
export interface ExperimentDecision extends DecisionMade {
  /** The revision of the event that recorded it, which identifies it. */
  readonly revision: number;
  /** UTC milliseconds. */
  readonly at: number;
}

/** `found`: what the server read for the command, which is no input; absent: the experiment had no results where they were asked for. */
export type RecordDecision = {
  readonly type: 'RecordDecision';
  readonly decision: DecisionKind;
  readonly reason: string;
  /** Which results were asked for; absent: those of the moment. */
  readonly upTo?: string;
  readonly receivedUpTo?: number;
  /** The digest of the results that the sender saw. */
  readonly digest?: string;
  readonly found?: DecisionBasis;
} & OnEntity;

/** How many are kept of one experiment. */
export const DECISIONS_KEPT = 100;

const check = ({ decision, reason, digest, found }: RecordDecision, { started }: Experiment): readonly Problem[] => [
  ...(DECISIONS.includes(decision) ? [] : [{ path: 'decision', message: `must be one of ${DECISIONS.join(', ')}` }]),
  ...checkReason(reason, 'reason'),
  ...(typeof reason === 'string' && reason.trim() === '' ? [{ path: 'reason', message: 'must say why, in words' }] : []),
  ...(started !== null && found === undefined ? [{ path: 'upTo', message: 'must not be before the start of the experiment' }] : []),
  ...(digest !== undefined && found !== undefined && digest !== found.digest
    ? [{ path: 'digest', message: 'must be that of the results as they are: they are not the ones that you saw. Read them again' }]
    : []),
];

/** R5: records a decision on an experiment that has started. The same one on the same results is recorded once. */
export const recording = onExisting<Experiment, RecordDecision, Decision<RefusalOf<'ILLEGAL_STATE' | 'LIMIT_REACHED'>>>(
  experiments.target,
  check,
  (_state, was, { decision, reason, found: basis }) => {
    const last = was.decisions.at(-1);
    if (last !== undefined && sameJson([decision, reason, basis], [last.decision, last.reason, last.basis])) return [];
    if (was.started === null) return notWhile(was, 'record a decision on it', 'Start it first: a decision is made on what it has shown.');
    if (was.status === 'ARCHIVED') return notWhile(was, 'record a decision on it', 'Restore it first.');
    if (was.decisions.length >= DECISIONS_KEPT)
      return limitReached(`At most ${DECISIONS_KEPT} decisions are recorded on one experiment.`, DECISIONS_KEPT);
    return [{ type: 'ExperimentDecisionRecorded', entity: experiments.ref(was), data: { decision, reason, basis } }];
  },
);
