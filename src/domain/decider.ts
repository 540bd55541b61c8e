import { Map as PersistentMap } from 'immutable';
import { baselineOfRunning, noteBaselines } from './acknowledge';
import { type Upcast, isRefusal, type Decision, type DecisionContext, type Happened, type ChangedFields } from './concept';
import { type ConfigCommand, config } from './config';
import { GENESIS, headOf, type Envelope, type Fact, type EntityKind } from './event';
import { type ExclusivityCommand, exclusivity } from './exclusivity';
import { type ExperimentCommand, experiment } from './experiment';
import { type FlagCommand, flag } from './flag';
import { type GoalCommand, goal } from './goal';
import { type HoldoutCommand, holdout } from './holdout';
import { type KeyCommand, key } from './key';
import { type ProjectCommand, project } from './project';
import { entityKey, type ProjectState } from './project-state';
import { notFound, type RefusalOf } from './refusal';
import { NONE_REMEMBERED, remember } from './remembered-commands';
import { type SegmentCommand, segment } from './segment';
import { plainText, textParts, type TextPart } from './text-part';

/** Every concept, by the kind of thing that it is about. */
export const CONCEPTS = { project, key, segment, goal, exclusivity, flag, config, experiment, holdout } as const satisfies {
  readonly [Kind in EntityKind]: { readonly kind: Kind };
};

type Concepts = typeof CONCEPTS;

/** What there is of a thing, as it was at some version: of what a document says, that which commands can change. */
export type ContentOf<Kind extends EntityKind> = Parameters<Concepts[Kind]['revert']>[2];

/** The kinds of which one can be archived. */
export type ArchivableKind = { [Kind in EntityKind]: Concepts[Kind] extends { readonly archive: unknown } ? Kind : never }[EntityKind];

/** What can be asked of a project, about one thing in it. */
export type SingleCommand =
  | ProjectCommand
  | KeyCommand
  | SegmentCommand
  | GoalCommand
  | ExclusivityCommand
  | FlagCommand
  | ConfigCommand
  | ExperimentCommand
  | HoldoutCommand;

type Deciders = (typeof CONCEPTS)[keyof typeof CONCEPTS]['decide'];
type DeciderOf<Type, D = Deciders> = D extends { readonly [T in Type & string]: infer Decider } ? Decider : never;
/** The codes of what a decision can be beside facts. */
export type CodesIn<D> = D extends { readonly code: infer Code } ? Code : never;
/** The codes that the decider of a command returns. */
export type CodesOf<Type extends SingleCommand['type']> = Type extends unknown
  ? DeciderOf<Type> extends (...input: never) => infer D
    ? CodesIn<D>
    : never
  : never;
/** What a command can be refused with when it is decided: by its decider, or since there is no such project. */
export type RefusalTo<C extends SingleCommand> = RefusalOf<CodesOf<C['type']> | 'NOT_FOUND'>;

/** Each concept's table is exact for its own types; joined, they are looked up by the type that an event or command carries. */
const evolvers = new Map<string, (state: ProjectState, event: Happened) => ProjectState>();
const deciders = new Map<string, (state: ProjectState, command: SingleCommand, context: DecisionContext) => Decision>();
const sentences = new Map<string, (event: Fact) => string>();
const readers = new Map<string, (event: Fact) => ChangedFields>();
/** Every event type this version of the ledger knows, with the version of its shape. */
export const schemaVersions = new Map<string, number>();

for (const concept of Object.values(CONCEPTS)) {
  for (const [type, version] of Object.entries(concept.schemaVersions)) schemaVersions.set(type, version);
  for (const [type, evolve] of Object.entries(concept.evolve)) evolvers.set(type, evolve as never);
  for (const [type, decide] of Object.entries(concept.decide)) deciders.set(type, decide as never);
  for (const [type, sentence] of Object.entries(concept.sentence)) sentences.set(type, sentence as never);
  for (const [type, read] of Object.entries(concept.changed)) readers.set(type, read as never);
}

/** The steps from each version of an event's shape to the next. */
export const upcasts: readonly Upcast[] = Object.values(CONCEPTS).flatMap((concept): readonly Upcast[] =>
  'upcasts' in concept ? concept.upcasts : [],
);

/** The state of a project without events. */
export const EMPTY_PROJECT: ProjectState = {
  head: GENESIS,
  project: undefined,
  keys: PersistentMap(),
  activeKeys: 0,
  segments: PersistentMap(),
  goals: PersistentMap(),
  exclusivity: false,
  flags: PersistentMap(),
  configs: PersistentMap(),
  experiments: PersistentMap(),
  holdouts: PersistentMap(),
  names: PersistentMap(),
  releasedNames: PersistentMap(),
  baselineChanges: PersistentMap(),
  versions: PersistentMap(),
  commands: NONE_REMEMBERED,
};

/** For the state of one entity alone, which is never asked for names: to keep them would be most of the work of a fold. */
export const EMPTY_ALONE: ProjectState = { ...EMPTY_PROJECT, names: undefined };

/** What the facts do to the concepts themselves: enough to decide a further command on top of facts not yet sealed. */
export function apply(state: ProjectState, event: Happened): ProjectState {
  const evolve = evolvers.get(event.type);
  if (evolve === undefined) throw new Error(`no concept knows the event type ${event.type}`);
  return evolve(state, event);
}

/** The state after one more event. The events of a stream, folded in order from `NOTHING`, give the state to decide on. */
export function evolve(state: ProjectState, event: Envelope): ProjectState {
  const { entity, version, revision, actor, occurredAt } = event;
  const next = apply(state, event);
  return {
    ...next,
    head: headOf(event),
    versions: next.versions.set(entityKey(entity.kind, entity.id), { version, actor, at: occurredAt, revision }),
    baselineChanges: withBaselineChange(next, event),
    commands: remember(next.commands, event),
  };
}

/** The most changes of its baseline that are kept of one experiment: the first of them say that, and since when. */
const BASELINE_CHANGES = 100;

function withBaselineChange({ baselineChanges }: ProjectState, event: Envelope): ProjectState['baselineChanges'] {
  const { revision, occurredAt } = event;
  return (baselineOfRunning(event)?.experiments ?? []).reduce((all, id) => {
    const known = all.get(id) ?? [];
    return known.length >= BASELINE_CHANGES ? all : all.set(id, [...known, { revision, occurredAt }]);
  }, baselineChanges);
}

/**
 * Decides one command that is not a repetition (see `recall`). Pure: the same state, command and context give the same facts. What of them must
 * be acknowledged is noted in them, and is asked for before they are appended (X6, X7).
 */
export function decide<C extends SingleCommand>(
  state: ProjectState,
  projectId: string,
  command: C,
  context: DecisionContext,
): Decision<RefusalTo<C>> {
  if (state.project === undefined && command.type !== 'CreateProject') return notFound('project', projectId);
  const decider = deciders.get(command.type);
  if (decider === undefined) throw new Error(`no concept knows the command type ${command.type}`);
  const decision = decider(state, command, context) as Decision<RefusalTo<C>>;
  return isRefusal(decision) ? decision : noteBaselines(state, decision, apply);
}

/** How an event reads to a person, after the actor's name. An event of a type this version does not know reads as its type. */
export function sentence(event: Fact): string {
  return plainText(markedSentence(event));
}

/** The same, in its parts. */
export function sentenceParts(event: Fact): readonly TextPart[] {
  return textParts(markedSentence(event));
}

const markedSentence = (event: Fact): string => sentences.get(event.type)?.(event) ?? event.type;

/** What an event changed, as far as it says so itself; undefined: an event of a type that this version does not know. */
export function changedFields(event: Fact): ChangedFields | undefined {
  return readers.get(event.type)?.(event);
}
