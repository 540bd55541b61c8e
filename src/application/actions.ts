import { decide, type SingleCommand, CONCEPTS } from '../domain/decider';
import type { EntityKind } from '../domain/event';
import type { Experiment } from '../domain/experiment-state';
import type { Limits } from '../domain/limits';
import { entitiesOf, PLURALS, type PluralKind, type ProjectState } from '../domain/project-state';
import { isRefusal } from '../domain/concept';
import { missingRight, refusedBy } from './authorization';
import type { Caller } from './caller';

/** One thing that can be asked of what is there: the command, and why the caller may not submit it now; undefined: the caller may. */
export interface Action {
  readonly action: string;
  readonly whyNot: string | undefined;
}

type Type = SingleCommand['type'];
type CommandOf<T extends Type, C = SingleCommand> = C extends { readonly type: Type } ? (T extends C['type'] ? C : never) : never;
type Details<T extends Type> = Omit<CommandOf<T>, 'type' | 'id' | 'name' | 'expectedVersion'>;
/** Commands on what is there that must say more than which thing they are about: one without its line below does not compile. */
type SayingMore = { [T in Exclude<Type, `Create${string}`>]: object extends Details<T> ? never : T }[Exclude<Type, `Create${string}`>];

/** What such a command says here: something that can be asked of the thing as it is, if anything of the kind can. */
const DETAILS: { readonly [T in SayingMore]: (entity: never) => Details<T> } = {
  RaiseExperimentTraffic: () => ({ traffic: 10_000 }),
  ChangeExperimentTraffic: ({ traffic }: Experiment) => ({ traffic: traffic === 10_000 ? 9_999 : 10_000 }),
  RecordDecision: () => ({ decision: 'INCONCLUSIVE', reason: '.', found: { revision: 0, mark: '', receivedUpTo: 0, digest: '' } }),
  RollOutExperiment: ({ variants }: Experiment) => ({ variant: variants.find(({ control }) => !control)?.id ?? '' }),
};

/** Every command on one thing of the kind that is there, with the name of its action: `PublishFlag` is `PUBLISH`. */
const COMMANDS = Object.fromEntries(
  Object.values(CONCEPTS).map(({ kind, decide: deciders }) => {
    const types = Object.keys(deciders).filter((type) => !type.startsWith('Create')) as Type[];
    return [kind, types.map((type) => ({ type, action: actionOf(type, kind) }))];
  }),
) as unknown as { readonly [Kind in EntityKind]: readonly { readonly type: Type; readonly action: string }[] };

/** The names of the actions on a kind of thing. */
export function actionsOf(kind: EntityKind): readonly string[] {
  return COMMANDS[kind].map(({ action }) => action);
}

/** The names of all actions, each once. */
export const ACTIONS: readonly string[] = [...new Set(Object.values(COMMANDS).flatMap((all) => all.map(({ action }) => action)))];

function actionOf(type: string, kind: EntityKind): string {
  const verb = type.replace(kind.charAt(0).toUpperCase() + kind.slice(1), '');
  return verb.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

export interface Target {
  readonly projectId: string;
  readonly kind: EntityKind;
  /** A key's name, or the id of anything else. */
  readonly id: string;
}

/**
 * What can be asked of one thing, and whether this caller may ask it now: by the rights of the commands (A7), and by deciding them on the state, as
 * they will be if they are submitted. So neither has a list of its own here that could say otherwise.
 */
export function actionsOn(
  state: ProjectState,
  { projectId, kind, id }: Target,
  caller: Pick<Caller, 'grants'>,
  limits: Limits,
): readonly Action[] {
  return COMMANDS[kind].map(({ type, action }) => {
    const entity = kind in PLURALS ? entitiesOf(state, kind as PluralKind).get(id) : state.project;
    const command = { type, ...(kind === 'key' ? { name: id } : { id }), ...detailsOf(type, entity) } as unknown as SingleCommand;
    const missing = missingRight(caller, projectId, command);
    return { action, whyNot: missing === undefined ? refusal(state, projectId, command, limits) : refusedBy(missing, projectId) };
  });
}

function detailsOf(type: Type, entity: object | undefined): object {
  // An edit that changes nothing is never refused, so it is asked about one that does.
  if (type.startsWith('Edit'))
    return { description: (entity as { readonly description?: string } | undefined)?.description === '' ? '.' : '' };
  return type in DETAILS && entity !== undefined ? DETAILS[type as SayingMore](entity as never) : {};
}

function refusal(state: ProjectState, projectId: string, command: SingleCommand, limits: Limits): string | undefined {
  const decision = decide(state, projectId, command, { limits, newId: 'new' });
  if (isRefusal(decision)) return decision.message;
  return decision.length === 0 ? 'It is so already: nothing would change.' : undefined;
}
