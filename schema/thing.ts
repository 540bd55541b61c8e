import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { DOCUMENTS } from '../projections/entities';
import { may } from '../src/application/authorization';
import type { EntityKind } from '../src/domain/event';
import type { ProjectionOf } from '../src/read-model/projection';
import { contextAsOf, LOOK } from './as-of';
import { within } from './carried-context';
import type { Context } from './context';
import { Node } from './entity';
import { localIdOf, identityIn, identityOf, type GlobalId, type Identity } from './global-id';
import { forbidden } from './guard';
import { rightOf } from './permissions';
import { WrongId } from './error';

/** How an input names one existing thing: by its id, or a key by its project and its name. */
export interface Named {
  readonly id?: GlobalId | null;
  readonly projectId?: string | null;
  readonly name?: string | null;
}

export interface Thing {
  readonly projectId: string;
  /** Its local id. */
  readonly id: string;
}

/** The thing that is named, as it is now, or at the point that is answered from. Throws `WrongId` where it is not one of that kind. */
export function thingOf(kind: EntityKind, { id, projectId, name }: Named, asOfRevision?: number): Thing {
  if (id === undefined || id === null) {
    if (isGiven(projectId) && isGiven(name)) return { projectId, id: name };
    throw new WrongId('id', `must be given, or \`projectId\`${kind === 'key' ? ' and `name`' : ''}`);
  }
  const identity = identityIn(id, projectId ?? identityOf(id).projectId, 'id', asOfRevision);
  const local = localIdOf(identity, kind);
  if (isGiven(name) && name !== local) throw new WrongId('name', 'must be the name of the key that `id` is of, or left out');
  return { projectId: identity.projectId, id: local };
}

const isGiven = (text: string | null | undefined): text is string => text !== undefined && text !== null;

/** What is found, with its type: for a field that may answer with any kind of thing. The right to read it is asked for here. */
export async function nodeOf(context: Context, { revision, ...identity }: Identity): Promise<object | undefined> {
  const right = revision === undefined ? rightOf(`Query.${identity.kind}`) : 'read history';
  if (!right || !may(context.caller, right, identity.projectId)) throw forbidden(right ?? 'read set-up', identity.projectId);
  if (revision === undefined) {
    return typedNode(context, identity);
  }
  const then = await contextAsOf(context, identity.projectId, { revision });
  const node = then && (await typedNode(then, identity));
  return then && node && within(then, node);
}

async function typedNode({ reader }: Context, { projectId, kind, id }: Identity): Promise<object | undefined> {
  const document = await reader.get(DOCUMENTS[kind] as ProjectionOf<object>, projectId, id);
  return document && { ...document, __typename: kind.charAt(0).toUpperCase() + kind.slice(1) };
}

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'Whatever has this id, archived or not; null if there is none. The id of a thing below `asOf` gives it as it was then, which takes the right to read history.',
    // Whether the id is of the past is not known when a cost is kept.
    complexity: ({ childComplexity }) => LOOK + childComplexity,
  })
  // Relay knows it by having this argument and no other.
  node(@Arg('id', () => ID, { description: 'The `id`.' }) id: GlobalId, @Ctx() context: Context): Promise<object | undefined> {
    return nodeOf(context, identityOf(id));
  }
}
