import type { DocumentNode } from 'graphql';
import * as operations from '../generated/operations';

type Input = Readonly<Record<string, unknown>>;

/** A concept whose things are created, edited, archived and restored, and what a test needs to do so without knowing which it is. */
export interface Concept {
  readonly kind: string;
  readonly typename: string;
  /** What an input, and a query of one, calls its identity. */
  readonly identity: 'id' | 'name';
  readonly create: DocumentNode;
  readonly edit: DocumentNode;
  readonly archive: DocumentNode;
  readonly restore: DocumentNode;
  readonly one: DocumentNode;
  readonly list: DocumentNode;
  /** A valid one of that name. */
  input(name: string): Input;
}

const rule: operations.RuleInput = { property: { name: 'geo.city', operator: 'EQUALS', value: 'New York' } };

export const concepts: readonly Concept[] = [
  {
    kind: 'KEY',
    typename: 'Key',
    identity: 'name',
    create: operations.CreateKeyDocument,
    edit: operations.EditKeyDocument,
    archive: operations.ArchiveKeyDocument,
    restore: operations.RestoreKeyDocument,
    one: operations.KeyDocument,
    list: operations.KeysDocument,
    input: (name) => ({ name, type: 'NUMBER', defaultValue: 3 }),
  },
  {
    kind: 'SEGMENT',
    typename: 'Segment',
    identity: 'id',
    create: operations.CreateSegmentDocument,
    edit: operations.EditSegmentDocument,
    archive: operations.ArchiveSegmentDocument,
    restore: operations.RestoreSegmentDocument,
    one: operations.SegmentDocument,
    list: operations.SegmentsDocument,
    input: (name) => ({ name, rule }),
  },
  {
    kind: 'GOAL',
    typename: 'Goal',
    identity: 'id',
    create: operations.CreateGoalDocument,
    edit: operations.EditGoalDocument,
    archive: operations.ArchiveGoalDocument,
    restore: operations.RestoreGoalDocument,
    one: operations.GoalDocument,
    list: operations.GoalsDocument,
    input: (name) => ({ name, event: 'Purchase' }),
  },
];
