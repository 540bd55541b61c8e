import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import { ARCHIVE_MANY, type ArchiveItem } from '../src/domain/archive-many';
import type { ArchivableKind } from '../src/domain/concepts';
import type { Cursor } from '../src/domain/cursor';
import type { EntityRef } from '../src/domain/event';
import type { Context } from './context';
import { DOCUMENTS, nameOf } from './documents';
import { EntityKindEnum, EntityReference } from './entity';
import { resultOf } from './outcome';
import { CommandInput, named, performAnd } from './perform';
import { CursorScalar } from './scalars';

const { PROJECT: _project, EXCLUSIVITY: _exclusivity, HOLDOUT: _holdout, ...archivable } = EntityKindEnum;
export const ArchivableKindEnum: { readonly [name: string]: ArchivableKind } = archivable;
registerEnumType(ArchivableKindEnum, {
  name: 'ArchivableKind',
  description: 'The kinds of thing that can be archived.',
  valuesConfig: {
    KEY: { description: 'A named, typed value that an app reads.' },
    SEGMENT: { description: 'A named rule that says which users.' },
    GOAL: { description: 'An event which counts as a conversion.' },
    FLAG: { description: 'One key with a value for some users.' },
    CONFIG: { description: 'Several keys with values per segment.' },
    EXPERIMENT: { description: 'An A/B test.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Everything that was to be archived has been.' })
export class ArchivedMany {
  @Field(() => [EntityReference], { description: 'What the command named, in its order.' })
  items: readonly EntityRef[];

  @Field(() => CursorScalar, { description: 'Where the command stands in the history.' })
  cursor: Cursor;
}

const ArchiveManyResult = resultOf(ArchivedMany, 'ArchivedMany', 'ArchiveManyResult');

@InputType({ description: 'One thing to archive.' })
export class ArchiveItemInput {
  @Field(() => ArchivableKindEnum, { description: 'What kind of thing it is.' })
  kind: ArchivableKind;

  @Field(() => ID, { description: "A key's name, or the id of anything else." })
  id: string;

  @Field(() => Int, { nullable: true, description: 'The version that you saw. If it has moved, the whole command is refused as Stale.' })
  expectedVersion?: number | null;
}

@InputType({ description: 'What to archive, all at once.' })
export class ArchiveManyInput extends CommandInput {
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
    const items: ArchiveItem[] = input.items.map(({ kind, id, expectedVersion }) => ({
      kind,
      id,
      expectedVersion: named(expectedVersion),
    }));
    return performAnd(context, input, { type: 'ArchiveMany', items }, async (_id, cursor) => {
      const references = await Promise.all(items.map((item) => referenceTo(context, input.projectId, item)));
      return { items: references, cursor };
    });
  }
}

/** By the items of the input and not by the events, of which a repetition has none: it answers what the first one did. */
async function referenceTo({ loaders }: Context, projectId: string, { kind, id }: ArchiveItem): Promise<EntityRef> {
  return { kind, id, name: nameOf(await loaders.load(DOCUMENTS[kind], projectId, id)) };
}
