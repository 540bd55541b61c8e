import { Ctx, Field, FieldResolver, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import type { Difference } from '../src/audit/difference';
import { mapReferences } from '../src/audit/references';
import type { EntityKind } from '../src/domain/event';
import type { Json, JsonObject } from '../src/domain/json';
import { holderOf, type NamedKind } from '../src/domain/naming';
import type { Context } from './context';
import { nameOf } from '../projections/entities';
import { PARTS, TextPart, type PartInProject } from './text-part';
import { JsonScalar } from './scalars';

export enum FieldChangeKind {
  ADDED = 'ADDED',
  CHANGED = 'CHANGED',
  REMOVED = 'REMOVED',
}
registerEnumType(FieldChangeKind, {
  name: 'FieldChangeKind',
  description: 'What became of a field. It tells a value of null from no value.',
  valuesConfig: {
    ADDED: { description: 'It was not there before.' },
    CHANGED: { description: 'It has another value.' },
    REMOVED: { description: 'It is not there any more.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'One field, or one place inside it, that changed.' })
export class FieldChange {
  @Field(() => String, {
    description:
      'Which: `description`, `rows[r1].percentage` of the row with the id r1, `rule.all[1].property.value` of the second branch of a rule (of what was added, the place after). `rows.order` is the order of ids.',
  })
  path: string;
}

/** A change in a project. `isByName`: it has things by their names, as a set-up file does, and not by their ids. */
export interface ChangeInProject extends Difference {
  readonly projectId: string;
  readonly isByName?: boolean;
}

export const changesIn = (projectId: string, changes: readonly Difference[], isByName = false): ChangeInProject[] =>
  changes.map((change) => ({ ...change, projectId, isByName }));

const BY_NAME = 'Segments, goals and holdouts in it are given by the names that they have now, or at the point that is asked about.';

@Resolver(() => FieldChange)
export class FieldChangeResolver {
  @FieldResolver(() => FieldChangeKind, { description: 'Whether it was added, changed or removed.' })
  kind(@Root() { before, after }: Difference): FieldChangeKind {
    if (before === undefined) return FieldChangeKind.ADDED;
    return after === undefined ? FieldChangeKind.REMOVED : FieldChangeKind.CHANGED;
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: `What it was, a share in percent; null if it was added. ${BY_NAME}` })
  before(@Root() change: ChangeInProject, @Ctx() context: Context): Json | undefined | Promise<Json> {
    return change.before === undefined ? undefined : byNames(context, change, change.before);
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: `What it is, a share in percent; null if it was removed. ${BY_NAME}` })
  after(@Root() change: ChangeInProject, @Ctx() context: Context): Json | undefined | Promise<Json> {
    return change.after === undefined ? undefined : byNames(context, change, change.after);
  }

  @FieldResolver(() => [TextPart], {
    nullable: true,
    complexity: PARTS,
    description: '`before` as JSON in parts, of which those that are things can be linked; null if it was added.',
  })
  beforeParts(@Root() change: ChangeInProject, @Ctx() context: Context): PartInProject[] | undefined | Promise<PartInProject[]> {
    return change.before === undefined ? undefined : inParts(context, change, change.before);
  }

  @FieldResolver(() => [TextPart], {
    nullable: true,
    complexity: PARTS,
    description: '`after` as JSON in parts, of which those that are things can be linked; null if it was removed.',
  })
  afterParts(@Root() change: ChangeInProject, @Ctx() context: Context): PartInProject[] | undefined | Promise<PartInProject[]> {
    return change.after === undefined ? undefined : inParts(context, change, change.after);
  }
}

interface Referred {
  readonly kind: EntityKind;
  readonly id: string;
  readonly name: string;
}

/** The things that the value names, by what is in it. What is not there is shown as it is: it is still to be created, or the event was damaged. */
async function referredTo({ loaders }: Context, change: ChangeInProject, value: Json): Promise<ReadonlyMap<string, Referred>> {
  const { projectId, isByName } = change;
  const given = new Map<string, EntityKind>();
  mapReferences(change, value, (kind, id) => (given.set(id, kind), id));
  const found = new Map<string, Referred>();
  if (given.size === 0) return found;
  const state = isByName === true ? await loaders.state(projectId) : undefined;
  await Promise.all(
    Array.from(given, async ([text, kind]) => {
      const id = state === undefined ? text : holderOf(state, kind as NamedKind, text);
      const document = id === undefined ? undefined : await loaders.find(kind, projectId, id);
      if (document !== undefined && id !== undefined) found.set(text, { kind, id, name: nameOf(document) });
    }),
  );
  return found;
}

async function byNames(context: Context, change: ChangeInProject, value: Json): Promise<Json> {
  const referred = await referredTo(context, change, value);
  return referred.size === 0 ? value : mapReferences(change, value, (_kind, id) => referred.get(id)?.name ?? id);
}

async function inParts(context: Context, change: ChangeInProject, value: Json): Promise<PartInProject[]> {
  const { projectId } = change;
  const referred = await referredTo(context, change, value);
  // Each thing is replaced by an object that is no part of the value.
  const things = new Map<Json, Referred>();
  const withThings = mapReferences(change, value, (_kind, id) => {
    const thing = referred.get(id);
    if (thing === undefined) return id;
    const place = {};
    things.set(place, thing);
    return place;
  });
  const parts: PartInProject[] = [];
  for (const piece of pieces(withThings, things)) {
    const last = parts.at(-1);
    if (typeof piece !== 'string') parts.push({ kind: 'ENTITY', text: piece.name, entity: { kind: piece.kind, id: piece.id }, projectId });
    else if (last?.kind === 'VALUE') parts[parts.length - 1] = { ...last, text: last.text + piece };
    else parts.push({ kind: 'VALUE', text: piece, projectId });
  }
  return parts;
}

/** The value as JSON, piece by piece. */
function* pieces(value: Json, things: ReadonlyMap<Json, Referred>): Generator<string | Referred> {
  const thing = things.get(value);
  if (thing !== undefined) return yield thing;
  if (typeof value !== 'object' || value === null) return yield JSON.stringify(value);
  const isList = Array.isArray(value);
  yield isList ? '[' : '{';
  for (const [at, [name, member]] of Object.entries(value as JsonObject).entries()) {
    yield `${at === 0 ? '' : ','}${isList ? '' : `${JSON.stringify(name)}:`}`;
    yield* pieces(member ?? null, things);
  }
  yield isList ? ']' : '}';
}
