import { Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import type { Actor as LedgerActor } from '../src/domain/event';
import { Actor } from './actor';
import { EntityStatus } from './enums';
import { CursorScalar, DateTimeScalar } from './scalars';

const kinds = {
  PROJECT: 'project',
  KEY: 'key',
  SEGMENT: 'segment',
  GOAL: 'goal',
  EXCLUSIVITY: 'exclusivity',
  FLAG: 'flag',
  CONFIG: 'config',
  EXPERIMENT: 'experiment',
  HOLDOUT: 'holdout',
} as const;

export const EntityKindEnum = kinds;
registerEnumType(EntityKindEnum, {
  name: 'EntityKind',
  description: 'The kinds of thing that a project consists of.',
  valuesConfig: {
    PROJECT: { description: 'The project itself.' },
    KEY: { description: 'A named, typed value that an app reads.' },
    SEGMENT: { description: 'A named rule that says which users.' },
    GOAL: { description: 'An event which counts as a conversion.' },
    EXCLUSIVITY: { description: 'The setting "mutually exclusive A/B tests".' },
    FLAG: { description: 'One key with a value for some users.' },
    CONFIG: { description: 'Several keys with values per segment.' },
    EXPERIMENT: { description: 'An A/B test.' },
    HOLDOUT: { description: 'A share of users who get no values from experiments.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A thing in a project, by what identifies it.' })
export class EntityReference {
  @Field(() => EntityKindEnum, { description: 'What kind of thing it is.' })
  kind: string;

  @Field(() => ID, { description: "Its local id, as events have it: a key's name, or what the ledger calls anything else." })
  entityId: string;

  @Field(() => ID, { description: 'Its `id`: what `node` and inputs take.' })
  nodeId: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;
}

@ObjectType({ simpleResolvers: true, description: 'An experience that uses a key, a segment or a goal.' })
export class Usage extends EntityReference {
  @Field(() => EntityStatus, { description: 'Where it is in its life.' })
  status: string;
}

/** What reading the events of a command takes, in fields. */
export const OF_A_COMMAND = 25;
export const AFFECTED =
  'What else the command of its last change changed: other things that it wrote, and running experiments that are compared with something else since. In the answer of a mutation, what a cache must ask for anew. It takes the right to read history.';

/** A node that is found says itself which type it is. */
export interface TypedNode {
  readonly __typename: string;
}

@InterfaceType({
  description: 'What has an id under which clients can keep it and ask for it again.',
  resolveType: (value: TypedNode) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, {
    description:
      'Its id, unique over everything that has one; below `asOf` another one than now. Opaque: store it and give it back as it is.',
  })
  id: string;
}

@InterfaceType({
  implements: Node,
  description: 'What every part of a project has: how often it has changed, when, and by whom.',
  resolveType: (value: TypedNode) => value.__typename,
})
export abstract class Entity extends Node {
  @Field(() => ID, { description: 'The project it is in.' })
  projectId: string;

  @Field(() => Int, {
    description:
      'How many events it has had. One command may raise it by more than one; each success answers with the new one. Give it back as `expectedVersion` to edit only what you saw.',
  })
  version: number;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt: number;

  @Field(() => Actor, { description: 'Who created it.' })
  createdBy: LedgerActor;

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  updatedAt: number;

  @Field(() => Actor, { description: 'Who last changed it.' })
  updatedBy: LedgerActor;

  @Field(() => CursorScalar, {
    description: 'Where its last change stands in the history: give it to a query as `atLeast` to read what you wrote.',
  })
  cursor: string;

  @Field(() => [EntityReference], { nullable: true, complexity: OF_A_COMMAND, description: AFFECTED })
  affected: readonly EntityReference[];
}
