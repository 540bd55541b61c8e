import type { Acknowledging } from '../domain/acknowledge';
import type { Experiment } from '../domain/experiment-state';
import { activeHoldout } from '../domain/holdout';
import { entitiesOf, type ProjectState } from '../domain/project-state';
import { illegalState, notFound, type Refusal, type RefusalOf } from '../domain/refusal';
import type { Decision, DecisionContext } from '../domain/concept';
import type { Steps } from '../domain/steps';
import { foldName } from '../domain/text';
import { isSetup, THING_KINDS, type PastSetup, type PastThing } from './export';
import type { SetupFile } from './file';
import { carryOut, conclude, turnExclusivity, type Plan, type Unfinished } from './plan';
import { Planner } from './planner';
import { freeFromResult, nameAsThen, restoreThing } from './restore-names';

/** What a project is to go back to. */
export interface WantedBack {
  /** What it was: read from the history by anyone who asks, so that deciding it needs nothing but the state. */
  readonly past: PastSetup;
  /** End experiments that run now and did not then, and leave those ended that ran then and cannot run again. */
  readonly stop: boolean;
}

/**
 * Brings a whole project back to what it was, at once: its things by their ids, so that what was archived is restored and what is new archived. What
 * was a draft and has been served or started since, and what cannot be restored, is made anew as it was.
 */
export interface RestoreSetup extends WantedBack, Acknowledging {
  readonly type: 'RestoreSetup';
  /** The revision that the plan was made at: refused as stale if what it touches has moved since. */
  readonly plannedAt?: number;
}

/** The plan, in pieces. */
export function* planningRestore(
  state: ProjectState,
  projectId: string,
  wanted: WantedBack,
  context: DecisionContext,
): Steps<Plan | Refusal> {
  return yield* makePlan(state, projectId, wanted, context);
}

/** Everything the plan does, as one decision; nothing, if any of it is refused. In pieces. */
export function* decidingRestore(
  state: ProjectState,
  projectId: string,
  command: RestoreSetup,
  context: DecisionContext,
): Steps<Decision<Unfinished | RefusalOf<'NOT_FOUND'>>> {
  const plan = yield* makePlan(state, projectId, command, context);
  return 'code' in plan ? plan : yield* conclude(state, plan, command);
}

function* makePlan(
  state: ProjectState,
  projectId: string,
  { past, stop }: WantedBack,
  context: DecisionContext,
): Steps<Planner | RefusalOf<'NOT_FOUND'>> {
  if (state.project === undefined) return notFound('project', projectId);
  const planner = new Planner(state, projectId, context);
  const isEnded = endExperiments(planner, past, stop);
  // What else is to be done depends on what becomes of them.
  if (planner.obstacles.length > 0) return planner;
  const file = { ...past.file, experiments: past.file.experiments?.filter(({ name }) => !isEnded.has(foldName(name))) };
  yield;
  yield* archiveOthers(planner, past);
  const kept = past.things.filter((thing) => {
    // What has ended is a result, which stays as it is.
    if (thing.kind === 'experiment' && (thing.status === 'STOPPED' || isEnded.has(foldName(thing.name)))) return false;
    return !mustGo(planner.state, thing, thing.kind, thing.id);
  });
  for (const kind of THING_KINDS) {
    for (const thing of kept) if (thing.kind === kind) restoreThing(planner, kind, thing.id);
    yield;
  }
  nameAsThen(planner, kept);
  yield;
  if (needsFreedom(planner.state, file)) turnExclusivity(planner, 'DisableExclusivity');
  endHoldout(planner, file);
  yield* carryOut(planner, projectId, file, true);
  return planner;
}

/** Ends what ran then no more; names of experiments that stay ended, since they cannot run again. */
function endExperiments(planner: Planner, { things }: PastSetup, stop: boolean): ReadonlySet<string> {
  const then = new Map(things.filter(({ kind }) => kind === 'experiment').map((thing) => [thing.id, thing]));
  const ended = new Set<string>();
  for (const now of planner.state.experiments.values()) {
    const was = then.get(now.id);
    if (now.status === 'RUNNING' && was?.status !== 'RUNNING') endOne(planner, now, was, stop);
    const ran = was !== undefined && (was.status === 'RUNNING' || was.status === 'ROLLED_OUT');
    if (!ran || now.status === was.status) continue;
    ended.add(foldName(was.name));
    if (stop) continue;
    const message = `The experiment "${now.name}" was ${words(was.status)} then and has ended since, and an experiment runs once.`;
    planner.refuse('StartExperiment', { kind: 'experiment', name: now.name }, illegalState(message), {
      before: { status: now.status },
      after: { status: was.status },
      wayOut: 'Say `stop`, which leaves it ended; then create another experiment.',
    });
  }
  return ended;
}

function endOne(planner: Planner, { id, name }: Experiment, was: PastThing | undefined, stop: boolean): void {
  const about = { kind: 'experiment', name } as const;
  if (stop) return void planner.carry({ type: 'StopExperiment', id }, about);
  const message = `The experiment "${name}" runs, and did not then.`;
  planner.refuse('StopExperiment', about, illegalState(message), {
    before: { status: 'RUNNING' },
    after: { status: was?.status ?? 'ARCHIVED' },
    wayOut: 'Stop it first, or say `stop`.',
  });
}

const words = (status = ''): string => status.toLowerCase().replace('_', ' ');

/** What was not there, and what was a draft and cannot be one any more. Experiments that were stopped are results, and stay. */
function mustGo(state: ProjectState, was: PastThing | undefined, kind: PastThing['kind'], id: string): boolean {
  const thing = entitiesOf(state, kind).get(id);
  if (thing === undefined || !('status' in thing)) return was === undefined;
  if (kind === 'experiment' && was?.status !== 'DRAFT' && (was !== undefined || !isSetup(state.experiments.get(id)!))) return false;
  if (was === undefined) return true;
  const lasting = thing.status === 'ARCHIVED' ? thing.archivedFrom : thing.status;
  return was.status === 'DRAFT' && lasting !== 'DRAFT';
}

/** Experiences that were not there, but for drafts that stand for what was a draft and is none any more. */
function* archiveOthers(planner: Planner, { things, file }: PastSetup): Steps<void> {
  const then = new Map(things.map((thing) => [`${thing.kind}/${thing.id}`, thing]));
  const gone = things.filter((thing) => mustGo(planner.state, thing, thing.kind, thing.id));
  const remade = new Set(gone.map(({ kind, name }) => `${kind}/${foldName(name)}`));
  // Of a flag the key is for ever.
  const keys = new Map(file.flags?.map(({ name, key }) => [foldName(name), key]));
  for (const kind of ['experiment', 'flag', 'config'] as const) {
    for (const thing of entitiesOf(planner.state, kind).values()) {
      const { id, name, status } = thing;
      const was = then.get(`${kind}/${id}`);
      const isLike = !('key' in thing) || thing.key === keys.get(foldName(name));
      const standsFor = was === undefined && status === 'DRAFT' && isLike && remade.has(`${kind}/${foldName(name)}`);
      if (status !== 'ARCHIVED' && !standsFor && mustGo(planner.state, was, kind, id)) planner.archive(kind, id);
      yield;
    }
  }
  // What has ended since may have the name of one that is made anew.
  for (const { kind, name, id } of gone) freeFromResult(planner, kind, name, id);
}

/** Ends a holdout whose share is to be another: it cannot be edited, so that a new one of its name takes its place. */
function endHoldout(planner: Planner, { holdout }: SetupFile): void {
  const active = activeHoldout(planner.state);
  if (!active || !holdout || foldName(active.name) !== foldName(holdout.name) || active.share === holdout.share) return;
  planner.carry({ type: 'EndHoldout', id: active.id }, { kind: 'holdout', name: active.name });
}

/** Whether a draft is to be what it may not be while all experiments must be exclusive. */
function needsFreedom({ exclusivity, experiments }: ProjectState, { experiments: wanted = [] }: SetupFile): boolean {
  const exclusive = new Map(
    [...experiments.values()].filter(({ status }) => status !== 'ARCHIVED').map((one) => [foldName(one.name), one.exclusive]),
  );
  return exclusivity && wanted.some((one) => one.exclusive === false && exclusive.get(foldName(one.name)) !== false);
}
