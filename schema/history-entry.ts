import { Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import { rightToEdit, type Right } from '../src/application/authorization';
import type { HistoryEntry as Entry } from '../src/audit/entry';
import { cursorOf, type Cursor } from '../src/domain/cursor';
import { ENTITY_KINDS } from '../src/domain/event';
import { Actor } from './actor';
import { LedgerEvent } from './event';
import { changesIn, FieldChange, type ChangeInProject } from './field-change';
import { listOf } from './list';
import { CursorScalar, DateTimeScalar } from './scalars';
import { PARTS, sentencePartsOf, TextPart, type PartInProject } from './text-part';
import { RightEnum } from './viewer';

@ObjectType({ simpleResolvers: true, description: 'Something that someone did, as an auditor reads it.' })
export class HistoryEntry {
  @Field(() => String, { description: 'Who did what, in words: `ana archived goal *Purchase*`.' })
  sentence: string;

  @Field(() => LedgerEvent, { description: 'The event, as it is stored.' })
  event: unknown;
}

@Resolver(() => HistoryEntry)
export class HistoryEntryResolver {
  @FieldResolver(() => [FieldChange], {
    description: 'What it changed, field by field; of a segment rule, which of its leaves. What was created has no `before`.',
    complexity: listOf(3),
  })
  changes(@Root() { event, changes }: Entry): ChangeInProject[] {
    return changesIn(event.projectId, changes);
  }

  @FieldResolver(() => [TextPart], { description: 'The sentence in parts, so that a page can link them.', complexity: PARTS })
  sentenceParts(@Root() entry: Entry): PartInProject[] {
    return sentencePartsOf(entry);
  }

  @FieldResolver(() => CursorScalar, { description: 'Its place in the history: give it as `after`, `before` or `atLeast`.' })
  cursor(@Root() { event }: Entry): Cursor {
    return cursorOf(event);
  }

  @FieldResolver(() => Actor, { description: 'Who.' })
  actor(@Root() { event }: Entry) {
    return event.actor;
  }

  @FieldResolver(() => DateTimeScalar, { description: 'When.' })
  occurredAt(@Root() { event }: Entry): number {
    return event.occurredAt;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why, in the words of who did it; null: none was given.' })
  reason(@Root() { event }: Entry): string | undefined {
    return event.reason;
  }

  @FieldResolver(() => RightEnum, {
    nullable: true,
    description: 'What `revert` to it takes; null: it is about a kind that this version does not know.',
  })
  rightToRevert(@Root() { event }: Entry): Right | null {
    const { kind } = event.entity;
    return ENTITY_KINDS.includes(kind) ? rightToEdit(kind) : null;
  }
}
