import type { Json } from '../../src/domain/json';

/**
 * What a project is, written from the rules and not from the code: plain objects, changed in place, with no thought for speed. The property test
 * runs every command against this and against the real decisions, and compares what comes out.
 */
export type Status = 'DRAFT' | 'LIVE' | 'PAUSED' | 'RUNNING' | 'STOPPED' | 'ROLLED_OUT' | 'ARCHIVED';
export type Kind = 'key' | 'segment' | 'goal' | 'flag' | 'config' | 'experiment';
export interface Value {
  readonly key: string;
  readonly value: Json;
}
export interface KeyModel {
  type: string;
  defaultValue: Json;
  description: string;
  archived: boolean;
}
export interface SegmentModel {
  name: string;
  description: string;
  rule: object;
  archived: boolean;
}
export interface GoalModel {
  name: string;
  description: string;
  event: string;
  filters: readonly object[];
  archived: boolean;
}
interface Experience {
  name: string;
  description: string;
  status: Status;
  before: Status | null;
  /** Ids of rows or variants given so far. */
  given: number;
}
export interface FlagModel extends Experience {
  key: string;
  rows: { id: string; segment: string | null; percentage: number; value: Json }[];
}
export interface ConfigModel extends Experience {
  keys: string[];
  rows: { id: string; segment: string | null; values: Value[] }[];
}
export interface VariantModel {
  id: string;
  name: string;
  control: boolean;
  weight: number;
  values: Value[];
}
export interface ExperimentModel extends Experience {
  exclusive: boolean;
  audience: string | null;
  traffic: number;
  variants: VariantModel[];
  keys: string[];
  goals: string[];
  frozen: { segment: string; name: string; version: number; rule: object } | null;
  /** The revision at which it started. */
  started: number | null;
  rolledOut: string | null;
}

export class Model {
  project: { name: string; description: string } | null = null;
  readonly keys = new Map<string, KeyModel>();
  readonly segments = new Map<string, SegmentModel>();
  readonly goals = new Map<string, GoalModel>();
  exclusivity = false;
  readonly flags = new Map<string, FlagModel>();
  readonly configs = new Map<string, ConfigModel>();
  readonly experiments = new Map<string, ExperimentModel>();
  /** How often each entity has moved, and who moved it last. */
  readonly versions = new Map<string, { version: number; by: string }>();
  /** Inputs of the commands that had an effect, by actor and id (A1). */
  readonly done = new Map<string, string>();
  events = 0;
}

/** A refusal that the rules allow. Who uses the thing, where the rules say that they are listed. */
export interface Refused {
  readonly code: string;
  readonly users?: readonly string[];
}

/** What the rules allow: one of these refusals, or events of exactly these types, in this order. */
export type Expectation = { readonly refused: readonly Refused[] } | { readonly events: readonly string[] };

/** One event that a command would cause. */
export interface Effect {
  readonly type: string;
  readonly entity: string;
  readonly happens: () => void;
}

export const refused = (code: string, users?: readonly string[]): Refused => (users === undefined ? { code } : { code, users });

/** S1: names compared NFC, trimmed, case-folded. The names that are drawn fold by lower-casing alone. */
export const folded = (name: string): string => name.normalize('NFC').trim().toLowerCase();
export const badName = (name: string | undefined): boolean =>
  name !== undefined && (name.trim() === '' || [...name.normalize('NFC').trim()].length > 120);
export const badDescription = (text: string | undefined): boolean => text !== undefined && text.length > 2_000;

/** K2 */
export function fits(type: string | undefined, value: Json): boolean {
  if (type === 'JSON') return true;
  return typeof value === type?.toLowerCase();
}

/** Equal whatever the order of members. */
export function same(a: unknown, b: unknown): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  const [left, right] = [Object.keys(a).sort(), Object.keys(b).sort()];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.join() === right.join() &&
    left.every((name) => same(a[name as keyof typeof a], b[name as keyof typeof b]))
  );
}

/** K5, S5, G2: who uses it, as "kind id". */
export function usersOf(model: Model, kind: Kind, id: string): string[] {
  const users: string[] = [];
  for (const [flag, { status, key, rows }] of model.flags) {
    const uses = kind === 'key' ? key === id : kind === 'segment' && rows.some(({ segment }) => segment === id);
    if (status !== 'ARCHIVED' && uses) users.push(`flag ${flag}`);
  }
  for (const [config, { status, keys, rows }] of model.configs) {
    const uses = kind === 'key' ? keys.includes(id) : kind === 'segment' && rows.some(({ segment }) => segment === id);
    if (status !== 'ARCHIVED' && uses) users.push(`config ${config}`);
  }
  for (const [experiment, { status, keys, audience, goals }] of model.experiments) {
    const uses = { key: keys.includes(id), segment: audience === id, goal: goals.includes(id) }[kind as 'key'];
    const holding = kind === 'goal' ? ['DRAFT', 'RUNNING'] : ['DRAFT', 'RUNNING', 'ROLLED_OUT'];
    if (holding.includes(status) && uses) users.push(`experiment ${experiment}`);
  }
  return users.sort();
}

/** E5: whether each is there, and active unless the experience uses it already. */
export function choosable(
  things: ReadonlyMap<string, { readonly archived: boolean }>,
  ids: readonly (string | null)[],
  already: readonly (string | null)[] = [],
): boolean {
  return ids.every((id) => id === null || (things.has(id) && (things.get(id)?.archived === false || already.includes(id))));
}

/** S1, G1, E6: the refusals if another active one of the kind has the name. */
export function nameGuard(
  things: ReadonlyMap<string, { readonly name: string; readonly archived?: boolean; readonly status?: Status }>,
  name: string,
  own?: string,
): Refused[] {
  const holders = [...things].filter(([id, { archived, status }]) => id !== own && archived !== true && status !== 'ARCHIVED');
  return holders.some(([, holder]) => folded(holder.name) === folded(name)) ? [refused('ALREADY_EXISTS')] : [];
}

export function roomGuard(
  things: ReadonlyMap<string, { readonly archived?: boolean; readonly status?: Status }>,
  limit: number,
): Refused[] {
  const active = [...things.values()].filter(({ archived, status }) => archived !== true && status !== 'ARCHIVED');
  return active.length >= limit ? [refused('LIMIT_REACHED')] : [];
}
