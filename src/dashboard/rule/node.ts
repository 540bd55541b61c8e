import type { Operator } from '../generated/operations';

/** A rule while it is being edited: what is typed is text until it is sent. Ids are of the page alone. */
export type RuleNode = Group | PropertyLeaf | DidLeaf;
export type Leaf = PropertyLeaf | DidLeaf;

interface Part {
  readonly id: string;
  readonly not: boolean;
}

export interface Group extends Part {
  readonly type: 'group';
  readonly join: 'all' | 'any';
  readonly parts: readonly RuleNode[];
}

export interface Condition {
  readonly id: string;
  readonly name: string;
  readonly operator: Operator;
  /** One value, or several separated by commas. */
  readonly value: string;
  readonly from: string;
  readonly to: string;
}

export interface PropertyLeaf extends Part, Condition {
  readonly type: 'property';
}

export interface DidLeaf extends Part {
  readonly type: 'did' | 'didNot';
  readonly event: string;
  readonly countKind: 'atLeast' | 'atMost' | 'exactly';
  readonly count: string;
  readonly orNever: boolean;
  readonly windowKind: 'lastDays' | 'between' | 'ever';
  readonly days: string;
  readonly from: string;
  readonly to: string;
  readonly filters: readonly Condition[];
}

export const newId = (): string => crypto.randomUUID();

export function emptyCondition(): Condition {
  return { id: newId(), name: '', operator: 'EQUALS', value: '', from: '', to: '' };
}

export function emptyProperty(): PropertyLeaf {
  return { ...emptyCondition(), type: 'property', not: false };
}

export function emptyDid(type: 'did' | 'didNot'): DidLeaf {
  return {
    id: newId(),
    type,
    not: false,
    event: '',
    countKind: 'atLeast',
    count: '1',
    orNever: false,
    windowKind: 'lastDays',
    days: '30',
    from: '',
    to: '',
    filters: [],
  };
}

export function emptyGroup(join: 'all' | 'any'): Group {
  return { id: newId(), type: 'group', not: false, join, parts: [emptyProperty()] };
}

/** The operators that compare with text alone, whatever it looks like. */
const TEXT_OPERATORS = /^(?:VERSION_|CONTAINS|STARTS_WITH|ENDS_WITH|MATCHES)/;
export function takesText(operator: Operator): boolean {
  return TEXT_OPERATORS.test(operator);
}
export function operandsOf(operator: Operator): 'none' | 'one' | 'many' | 'two' {
  if (operator === 'EXISTS' || operator === 'NOT_EXISTS') return 'none';
  if (operator === 'IN' || operator === 'NOT_IN') return 'many';
  return operator === 'BETWEEN' ? 'two' : 'one';
}
