import { Ctx, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import { entryOf } from '../src/audit/entry';
import type { EntityKind } from '../src/domain/event';
import type { Context } from './context';
import { AcknowledgementsNeeded, shownNeeded } from './acknowledge';
import { EntityKindEnum } from './entity';
import { changesIn, FieldChange, type ChangeInProject } from './field-change';
import { PARTS, sentencePartsOf, TextPart, type PartInProject } from './text-part';
import { referenceTo } from './global-id';
import { listOf } from './list';
import { Preview } from './outcome';

@ObjectType({ simpleResolvers: true, description: 'One change that a command would make.' })
export class PreviewedChange {
  @Field(() => EntityKindEnum, { description: 'What kind of thing it would change.' })
  kind: EntityKind;

  @Field(() => ID, {
    nullable: true,
    description: "Its local id: a key's name, or what the ledger calls anything else; null if it would be created.",
  })
  entityId: string | null;

  @Field(() => ID, { nullable: true, description: 'Its `id`: what `node` and inputs take; null if it would be created.' })
  nodeId: string | null;

  @Field(() => String, { description: 'Its name after the change.' })
  name: string;

  @Field(() => String, { description: 'What would be done, in words, beginning with who would do it.' })
  sentence: string;

  @Field(() => [FieldChange], { complexity: listOf(3), description: 'What would change, field by field, as history will show it.' })
  changes: readonly ChangeInProject[];

  @Field(() => [TextPart], { complexity: PARTS, description: 'The sentence in parts, so that a page can link them.' })
  sentenceParts: readonly PartInProject[];
}

@Resolver(() => Preview)
export class PreviewResolver {
  @FieldResolver(() => [PreviewedChange], {
    complexity: listOf(5),
    description: 'What it would change, in order. None: it would be refused, or nothing would change.',
  })
  changes(@Root() { events }: Preview, @Ctx() { understand }: Context): PreviewedChange[] {
    return events.map((event) => {
      const entry = entryOf(understand(event));
      const { sentence } = entry;
      const changes = changesIn(event.projectId, entry.changes);
      const reference = referenceTo(event.projectId, event.entity);
      const isNew = event.version === 1 && event.entity.kind !== 'project';
      return { ...reference, ...(isNew && { entityId: null, nodeId: null }), sentence, changes, sentenceParts: sentencePartsOf(entry) };
    });
  }

  @FieldResolver(() => AcknowledgementsNeeded, {
    complexity: 10,
    description: 'What the command must acknowledge that it does to experiments. Then it would be carried out, with these `changes`.',
  })
  acknowledgementsNeeded(@Root() { projectId, needed }: Preview): AcknowledgementsNeeded {
    return shownNeeded(projectId, needed);
  }
}
