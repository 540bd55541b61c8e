import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { contentOf } from '../projections/stamp';
import { decodeCursor, type Cursor } from '../src/domain/cursor';
import { eventId } from '../src/domain/event';
import type { RevertTarget } from '../src/domain/revert';
import { AcknowledgingInput } from './acknowledge';
import { viewOf } from './as-of';
import type { Context } from './context';
import { DOCUMENTS, nameOf } from '../projections/entities';
import { EntityReference } from './entity';
import { identityIn, identityOf, referenceTo, type GlobalId, type Identity, type Reference } from './global-id';
import { resultOf } from './command-result';
import { named, performAnd } from './perform';
import { CursorScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'It is what it was.' })
export class Reverted {
  @Field(() => EntityReference, { description: 'What went back.' })
  item: Reference;

  @Field(() => Int, { description: 'The version that it is at now: going back is a change like any other.' })
  version: number;

  @Field(() => CursorScalar, { description: 'Where the command stands in the history.' })
  cursor: Cursor;
}

const RevertResult = resultOf('Revert', Reverted);

@InputType({ description: 'What is to go back to what it was.' })
export class RevertInput extends AcknowledgingInput {
  @Field(() => ID, { description: 'The thing, of whatever kind.' })
  id: GlobalId;

  @Field(() => Int, { description: 'The version that it had when it was so.' })
  toVersion: number;
}

@Resolver()
export class RevertResolver {
  @Mutation(() => RevertResult, {
    description:
      'Brings what can be edited of a thing, and whether it is archived, back to what it was at a version: all of it, by ordinary changes that are stored together, or nothing, with a list of what cannot go back. Whether it is served stays as it is.',
  })
  async revert(@Arg('input', () => RevertInput, { description: 'What to revert.' }) input: RevertInput, @Ctx() context: Context) {
    const { toVersion, expectedVersion, reason } = input;
    const entity = identityIn(input.id, input.projectId ?? identityOf(input.id).projectId);
    const { projectId, kind, id } = entity;
    const { target, causationId } = await targetOf(context, entity, toVersion);
    const command = { type: 'Revert', target, toVersion, expectedVersion: named(expectedVersion) } as const;
    const because = { ...input, projectId, reason: reason ?? `Back to version ${toVersion}` };
    const read = async (_id: string, cursor: Cursor): Promise<Reverted | undefined> => {
      const document = await context.reader.get(DOCUMENTS[kind], projectId, id);
      return document && { item: referenceTo(projectId, { kind, id, name: nameOf(document) }), version: document.version, cursor };
    };
    return performAnd(context, because, command, read, id, causationId);
  }
}

/** What the thing was, read from the history, and the id of the event that had made it so. Where it is not there, the domain refuses (A6). */
async function targetOf(
  context: Context,
  { projectId, kind, id }: Identity,
  version: number,
): Promise<{ readonly target: RevertTarget; readonly causationId?: string }> {
  const { collection } = DOCUMENTS[kind];
  const then = await viewOf(context, projectId, { kind: 'version', entity: { kind, id, collection }, version });
  const [document] = (await then?.readModel.get(projectId, collection, [id])) ?? [];
  if (document === undefined || document['version'] !== version) return { target: { kind, id, content: null } };
  const cursor = decodeCursor(String(document['cursor']));
  const made = cursor && (await viewOf(context, projectId, { kind: 'cursor', cursor }));
  // What it says is what the domain folded, of that kind.
  const target = { kind, id, content: contentOf(document) } as unknown as RevertTarget;
  return { target, ...(made ? { causationId: eventId(made.head.hash) } : {}) };
}
