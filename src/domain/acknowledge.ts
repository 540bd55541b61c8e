import type { EntityKind, Fact } from './event';
import { runningExperiments } from './experiment-state';
import { baselineChange } from './key-baseline';
import { entitiesOf, type ProjectState } from './project-state';
import type { RefusalOf, Usage } from './refusal';
import type { Reach } from './reach';
import type { Happened } from './concept';
import { listUsages } from './usage';

/* X6, X7: what a command does to experiments that its sender must have seen. Facts carry it, so it is asked for once, of the command as a whole. */

/** What the sender of a command has seen that it does. */
export interface Acknowledge {
  /** That an experiment which starts or takes more can take no new user (X6). */
  readonly noReach?: boolean;
  /** The ids of running experiments whose control gives something else from now on (X7). */
  readonly baselineOf?: readonly string[];
}

/** What a command may say beside what it is. */
export interface Acknowledging {
  readonly acknowledge?: Acknowledge;
}

/** What facts need to be acknowledged, each in the order of the facts. */
export interface Needed {
  /** The experiments that can take no new user. */
  readonly noReach: readonly Usage[];
  /** The running experiments whose baseline changes. */
  readonly baselineOf: readonly Usage[];
}

/** What of the facts' data is said here. */
interface Noted {
  readonly reach?: Reach;
  readonly baselineOfRunning?: BaselineOfRunning;
}

/** The keys of which control gives something else from this event on, and the experiments with them that run, by id. */
export interface BaselineOfRunning {
  readonly keys: readonly string[];
  readonly experiments: readonly string[];
}

const noted = ({ data }: Fact): Noted => data;

/** What an event records of X7. */
export const baselineOfRunning = (event: Fact): BaselineOfRunning | undefined => noted(event).baselineOfRunning;

/** The kinds of things of which a baseline is made. */
const KINDS: readonly EntityKind[] = ['key', 'segment', 'flag', 'config', 'experiment'];

/** X7: the facts, those that change what control of a running experiment gives with a note of it. `apply` is the fold. */
export function noteBaselines(
  state: ProjectState,
  facts: readonly Fact[],
  apply: (state: ProjectState, event: Happened) => ProjectState,
): readonly Fact[] {
  if (!facts.some(({ entity }) => KINDS.includes(entity.kind))) return facts;
  // Only an experiment that runs has a baseline, and only a fact about one can make it run.
  const isNoneRunning = runningExperiments(state).length === 0 && !facts.some(({ entity }) => entity.kind === 'experiment');
  if (isNoneRunning) return facts;
  let before = state;
  return facts.map((fact, index) => {
    const { head } = state;
    const after = apply(before, { ...fact, revision: head.revision + index + 1, occurredAt: head.occurredAt });
    const change = baselineChange(before, after, fact);
    before = after;
    if (change === undefined) return fact;
    const baseline: BaselineOfRunning = { keys: change.keys, experiments: change.experiments.map(({ id }) => id) };
    return { ...fact, data: { ...fact.data, baselineOfRunning: baseline } };
  });
}

/** What the facts need, with names as the state has them. */
export function neededBy(state: ProjectState, facts: readonly Fact[]): Needed {
  const noReach = facts.filter(hasNoReach).map(({ entity }) => entity.id);
  const baselineOf = facts.flatMap((fact) => baselineOfRunning(fact)?.experiments ?? []);
  return { noReach: usages(state, noReach), baselineOf: usages(state, baselineOf) };
}

const hasNoReach = (fact: Fact): boolean => noted(fact).reach?.atMost === 0;

/** The refusal of facts that need more than was acknowledged. */
export function notAcknowledged(
  state: ProjectState,
  facts: readonly Fact[],
  acknowledge: Acknowledge = {},
): RefusalOf<'NO_REACH' | 'BASELINE_OF_RUNNING'> | undefined {
  if (!facts.some((fact) => hasNoReach(fact) || baselineOfRunning(fact) !== undefined)) return undefined;
  const stuck = facts.filter(hasNoReach);
  if (stuck.length > 0 && acknowledge.noReach !== true) return noReach(state, stuck);
  const named = new Set(acknowledge.baselineOf);
  const missing = neededBy(state, facts).baselineOf.filter(({ id }) => !named.has(id));
  return missing.length === 0 ? undefined : baselineRefusal(facts, missing);
}

function noReach(state: ProjectState, stuck: readonly Fact[]): RefusalOf<'NO_REACH'> {
  const inTheWay = usages(
    state,
    stuck.flatMap((fact) => noted(fact).reach?.blockedBy ?? []),
  );
  const why = inTheWay.length === 0 ? 'its traffic is 0 %' : `its whole audience is kept by ${listUsages(inTheWay)}`;
  const names = [...new Set(stuck.map(({ entity }) => `"${entity.name}"`))].join(', ');
  return {
    code: 'NO_REACH',
    message: `The experiment ${names} can take no new user: ${why}. End what is in the way, or acknowledge it by \`noReach: true\`.`,
    inTheWay,
  };
}

function baselineRefusal(facts: readonly Fact[], experiments: readonly Usage[]): RefusalOf<'BASELINE_OF_RUNNING'> {
  const notes = facts.flatMap((fact) => baselineOfRunning(fact) ?? []);
  const about = notes.filter((note) => experiments.some(({ id }) => note.experiments.includes(id)));
  const keys = [...new Set(about.flatMap((note) => note.keys))];
  const words = keys.length === 1 ? `the key "${keys[0]}" gives` : `the keys ${keys.map((key) => `"${key}"`).join(', ')} give`;
  return {
    code: 'BASELINE_OF_RUNNING',
    message: `This changes what ${words} to the control of ${listUsages(experiments)}. End it first, or acknowledge each by \`baselineOf\`.`,
    keys,
    experiments,
  };
}

function usages(state: ProjectState, ids: readonly string[]): readonly Usage[] {
  return [...new Set(ids)].map((id) => {
    const experiment = entitiesOf(state, 'experiment').get(id);
    return { kind: 'experiment', id, name: experiment?.name ?? id, status: experiment?.status ?? 'RUNNING' };
  });
}
