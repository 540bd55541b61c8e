import { EMPTY_PROJECT, evolve } from '../domain/decider';
import type { Envelope } from '../domain/event';
import type { Experiment } from '../domain/experiment-state';
import type { Goal } from '../domain/goal';
import type { BaselineChangedAt, ProjectState } from '../domain/project-state';
import type { Upcaster } from '../event-store/upcast';

/** An experiment up to a place of its project's history: all that its results need to know of the ledger. */
export interface ExperimentPast {
  /** The place. */
  readonly head: { readonly revision: number; readonly hash: string };
  readonly experiment: Experiment;
  /** In the order of the experiment's goals. */
  readonly goals: readonly (Goal & { readonly addedLater: boolean })[];
  readonly startedAtMs: number;
  readonly ended: { readonly revision: number; readonly atMs: number } | undefined;
  /** X7: events that changed what control gives, while it ran; the first 100 of them. */
  readonly baselineChanges: readonly BaselineChangedAt[];
  /** Experiments that ended before this one started and have a key in common: the newest ones. */
  readonly earlier: readonly { readonly experiment: Experiment; readonly endRevision: number }[];
}

/** Why there is none. */
export type NoPast = 'NO_PROJECT' | 'NO_EXPERIMENT' | 'NOT_STARTED';

/** At most so many earlier experiments are looked at. */
const EARLIER = 10;

/** Reads the events of a project, which are its first ones. Rejects as their reading does. */
export async function readPast(events: AsyncIterable<Envelope>, id: string, upcast: Upcaster): Promise<ExperimentPast | NoPast> {
  let state: ProjectState = EMPTY_PROJECT;
  let goalsAtStart: ReadonlySet<string> = new Set();
  let started: Envelope | undefined;
  let ended: ExperimentPast['ended'];
  const endRevisions = new Map<string, number>();
  for await (const event of events) {
    const known = upcast(event);
    const { revision, hash, occurredAt } = event;
    const before = state.experiments.get(id);
    state = known === undefined ? { ...state, head: { revision, hash, occurredAt } } : evolve(state, known);
    const after = state.experiments.get(id);
    if (event.entity.kind === 'experiment' && hasEnded(event)) endRevisions.set(event.entity.id, revision);
    if (after === undefined) continue;
    if (started === undefined && after.started !== null) {
      started = event;
      goalsAtStart = new Set(after.goals.map((goal) => goal.id));
    } else if (before?.status === 'RUNNING' && after.status !== 'RUNNING') {
      ended = { revision, atMs: occurredAt };
    }
  }
  if (state.head.revision < 0) return 'NO_PROJECT';
  const experiment = state.experiments.get(id);
  if (experiment === undefined) return 'NO_EXPERIMENT';
  if (started === undefined) return 'NOT_STARTED';
  const startRevision = started.revision;
  return {
    head: state.head,
    experiment,
    goals: experiment.goals.map((goal) => ({ ...state.goals.get(goal.id)!, addedLater: !goalsAtStart.has(goal.id) })),
    startedAtMs: started.occurredAt,
    ended,
    baselineChanges: state.baselineChanges.get(id) ?? [],
    earlier: [...state.experiments.values()]
      .filter((other) => other.id !== id && other.keys.some((key) => experiment.keys.includes(key)))
      .flatMap((other) => {
        const endRevision = endRevisions.get(other.id);
        return endRevision === undefined || endRevision > startRevision ? [] : [{ experiment: other, endRevision }];
      })
      .sort((a, b) => b.endRevision - a.endRevision)
      .slice(0, EARLIER),
  };
}

const hasEnded = ({ type }: Envelope): boolean => type === 'ExperimentStopped' || type === 'ExperimentRolledOut';
