import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ARCHIVE_MANY, type ArchiveItem } from '../src/domain/archive-many';
import { CONCEPTS, type ArchivableKind } from '../src/domain/decider';
import type { Cursor } from '../src/domain/cursor';
import type { EntityKind } from '../src/domain/event';
import { withArticle } from '../src/domain/text';
import type { Context } from './context';
import { DOCUMENTS, nameOf } from '../projections/entities';
import { EntityReference } from './entity';
import { identityIn, referenceTo, type GlobalId, type Reference } from './global-id';
import { resultOf } from './command-result';
import { CommandInput, named, performAnd, ACKNOWLEDGE, AcknowledgeInput } from './perform';
import { CursorScalar } from './scalars';
import { WrongId } from './error';

@ObjectType({ simpleResolvers: true, description: 'Everything that was to be archived has been.' })
export class ArchivedMany {
  @Field(() => [EntityReference], { description: 'What the command named, in its order.' })
  items: readonly Reference[];

  @Field(() => CursorScalar, { description: 'Where the command stands in the history.' })
  cursor: Cursor;
}

const ArchiveManyResult = resultOf('ArchiveMany', ArchivedMany);

@InputType({ description: 'One thing to archive.' })
export class ArchiveItemInput {
  @Field(() => ID, { description: 'The thing: a key, segment, goal, flag, config or experiment.' })
  id: GlobalId;

  @Field(() => Int, { nullable: true, description: 'The version that you saw. If it has moved, the whole command is refused as Stale.' })
  expectedVersion?: number | null;
}

@InputType({ description: 'What to archive, all at once.' })
export class ArchiveManyInput extends CommandInput {
  @Field(() => AcknowledgeInput, { nullable: true, description: ACKNOWLEDGE })
  acknowledge?: AcknowledgeInput | null;

  @Field(() => [ArchiveItemInput], {
    description: `1 to ${ARCHIVE_MANY} things, in any order: what uses another is archived before it, so a flag and its key can go together.`,
  })
  items: ArchiveItemInput[];
}

@Resolver()
export class ArchiveManyResolver {
  @Mutation(() => ArchiveManyResult, {
    description:
      'Archives several things, all or none: each is guarded as if it were archived alone. Those that are archived already stay so.',
  })
  archiveMany(@Arg('input', () => ArchiveManyInput, { description: 'What to archive.' }) input: ArchiveManyInput, @Ctx() context: Context) {
    const items = input.items.map((item, index) => itemOf(input.projectId, item, `items.${index}.id`));
    return performAnd(context, input, { type: 'ArchiveMany', items }, async (_id, cursor) => {
      const references = await Promise.all(items.map((item) => itemReference(context, input.projectId, item)));
      return { items: references, cursor };
    });
  }
}

/** By the items of the input and not by the events, of which a repetition has none: it answers what the first one did. */
async function itemReference({ loaders }: Context, projectId: string, { kind, id }: ArchiveItem): Promise<Reference> {
  return referenceTo(projectId, { kind, id, name: nameOf(await loaders.load(DOCUMENTS[kind], projectId, id)) });
}

function itemOf(projectId: string, { id: given, expectedVersion }: ArchiveItemInput, path: string): ArchiveItem {
  const { kind, id } = identityIn(given, projectId, path);
  if (!isArchivable(kind))
    throw new WrongId(path, `must be the \`id\` of something that can be archived, which ${withArticle(kind)} cannot`);
  return { kind, id, expectedVersion: named(expectedVersion) };
}

const isArchivable = (kind: EntityKind): kind is ArchivableKind => 'archive' in CONCEPTS[kind];
