import { Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { cursorOf, type Cursor } from '../src/domain/cursor';
import { ENTITY_KINDS, type EntityKind, type Envelope } from '../src/domain/event';
import type { Json } from '../src/domain/json';
import { Actor } from './actor';
import { EntityKindEnum } from './entity';
import { referenceTo } from './global-id';
import { CursorScalar, DateTimeScalar, JsonScalar } from './scalars';

@ObjectType({ simpleResolvers: true, description: 'What an event is about.' })
export class EventEntity {
  @Field(() => EntityKindEnum, {
    nullable: true,
    description: 'What kind of thing it is; null if a newer version of the ledger wrote the event, of a kind that this one does not know.',
  })
  kind: EntityKind | null;

  @Field(() => ID, { description: "Its local id: a key's name, or what the ledger calls anything else." })
  entityId: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The `id` of the thing as it is now, whatever the event is seen in: what `node` and inputs take. Null if `kind` is.',
  })
  nodeId: string | null;

  @Field(() => String, { description: 'Its name after the event.' })
  name: string;
}

@ObjectType({ simpleResolvers: true, description: 'A fact of a project’s history, as it is stored for ever.' })
export class LedgerEvent {
  @Field(() => ID, { description: 'A UUID made from the hash: the same id is the same event.' })
  id: string;

  @Field(() => String, { description: 'What happened, such as `KeyArchived`. Newer versions of the ledger add types.' })
  type: string;

  @Field(() => Int, { description: 'The version of the shape that `data` has.' })
  schemaVersion: number;

  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => Int, { description: 'How many events the thing it is about has had, this one included.' })
  version: number;

  @Field(() => Int, { description: 'Its number in the project’s history: from 0, without gaps.' })
  revision: number;

  @Field(() => DateTimeScalar, { description: 'When. Never before the event before it.' })
  occurredAt: number;

  @Field(() => Actor, { description: 'Who.' })
  actor: Actor;

  @Field(() => String, { nullable: true, description: 'Why, in the words of who did it; null: none was given.' })
  reason?: string | null;

  @Field(() => ID, { description: 'The command that caused it.' })
  commandId: string;

  @Field(() => ID, { description: 'What ties it to the other events of one request or process.' })
  correlationId: string;

  @Field(() => ID, { description: 'What it was caused by.' })
  causationId: string;

  @Field(() => JsonScalar, {
    description: 'The fact itself, with shares in basis points (10,000 is 100 %). An edit has what was, `from`, and what is, `to`.',
  })
  data: Json;

  @Field(() => String, { description: 'The `hash` of the event before it; 64 zeros at revision 0.' })
  previousHash: string;

  @Field(() => String, { description: 'SHA-256, in hex, over the RFC 8785 JSON of all stored fields but `id` and `hash`.' })
  hash: string;
}

@Resolver(() => LedgerEvent)
export class LedgerEventResolver {
  @FieldResolver(() => EventEntity, { description: 'What it is about.' })
  entity(@Root() { projectId, entity }: Envelope): EventEntity {
    if (ENTITY_KINDS.includes(entity.kind)) return referenceTo(projectId, entity);
    return { kind: null, entityId: entity.id, nodeId: null, name: entity.name };
  }

  @FieldResolver(() => CursorScalar, { description: 'Its place in the history: what comes after it, is after this.' })
  cursor(@Root() event: Envelope): Cursor {
    return cursorOf(event);
  }
}
