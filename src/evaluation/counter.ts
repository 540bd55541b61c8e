import { instantOf } from '../domain/instant';
import { canonical, sha256, type Json } from '../domain/json';
import type { DidCondition, DidNotCondition, PropertyCondition, Rule } from '../domain/rule';
import type { Ruleset } from './ruleset';

export const HOUR_MS = 3_600_000;
export const DAY_HOURS = 24;
/** U3: the longest window that is counted by the hour; a longer one is counted by whole UTC days. */
const HOURLY_DAYS = 35;
/** Hexadecimal digits of a counter's id: 128 bits. */
const ID_LENGTH = 32;

/** Over which time a counter counts, in whole hours since 1970 (UTC): `between` from its first hour up to, but not including, the other. */
export type CounterWindow =
  { readonly lastDays: number } | { readonly between: { readonly fromHour: number; readonly toHour: number } } | { readonly ever: true };

/**
 * What is counted for each user of a project: how often the user did the event, of those that pass every filter, in the window. Rules that
 * count the same thing share one counter, however often it must have been done and in whichever order their filters are written.
 */
export interface CounterDescriptor {
  /** Made of the other members, so it is the same on every instance and after every edit that leaves them as they are. */
  readonly id: string;
  readonly event: string;
  readonly filters: readonly PropertyCondition[];
  readonly window: CounterWindow;
}

/** The counter of one condition on behaviour. */
export function counterOf({ event, filters = [], window }: DidCondition | DidNotCondition): CounterDescriptor {
  const spelled = new Map(filters.map((filter) => [canonical(filter), filter]));
  const content = {
    event,
    filters: [...spelled].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, filter]) => filter),
    window: counterWindow(window),
  };
  return { id: sha256(canonical(content)).slice(0, ID_LENGTH), ...content };
}

/** The counters of a rule, each once. */
export function countersOf(rule: Rule): readonly CounterDescriptor[] {
  const counters = new Map<string, CounterDescriptor>();
  const left = [rule];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ('all' in node) left.push(...node.all);
    else if ('any' in node) left.push(...node.any);
    else if ('not' in node) left.push(node.not);
    else if (!('property' in node)) {
      const counter = counterOf('did' in node ? node.did : node.didNot);
      counters.set(counter.id, counter);
    }
  }
  return [...counters.values()];
}

/** The cell that counts an event of that instant (UTC milliseconds): its hour, its UTC day, or 0; undefined if the window does not have it. */
export function cellOf(window: CounterWindow, atMs: number): number | undefined {
  const hour = Math.floor(atMs / HOUR_MS);
  if ('lastDays' in window) return window.lastDays <= HOURLY_DAYS ? hour : Math.floor(hour / DAY_HOURS);
  if ('ever' in window) return 0;
  return hour >= window.between.fromHour && hour < window.between.toHour ? 0 : undefined;
}

/**
 * The cells that the window has at an hour: those above `after`, up to `upTo`. U3: (h - 24n, h] in hours, or (d - n, d] in UTC days. A store may
 * drop the cells up to `after`: no later hour has them.
 */
export function cellsAt(window: CounterWindow, hour: number): { readonly after: number; readonly upTo: number } {
  if (!('lastDays' in window)) return { after: -1, upTo: 0 };
  if (window.lastDays <= HOURLY_DAYS) return { after: hour - DAY_HOURS * window.lastDays, upTo: hour };
  const day = Math.floor(hour / DAY_HOURS);
  return { after: day - window.lastDays, upTo: day };
}

function counterWindow(window: DidCondition['window']): CounterWindow {
  if (!('between' in window)) return window;
  const { from, to } = window.between;
  return { between: { fromHour: hourOf(from), toHour: hourOf(to) } };
}

function hourOf(instant: Json): number {
  return Math.floor((instantOf(instant) ?? 0) / HOUR_MS);
}

/** How many counters live rules of a project may have: each is a cell for every user and event that it counts. */
export const COUNTER_LIMITS = { project: 500, event: 50 } as const;

/** What a user store has to count for a ruleset. */
export function liveCounters({ counters }: Ruleset): readonly CounterDescriptor[] {
  return [...counters.values()].map(({ descriptor }) => descriptor);
}

/** What is wrong with so many counters, in words, and the limit; undefined: nothing. */
export function tooManyCounters(counters: readonly CounterDescriptor[]): { readonly message: string; readonly limit: number } | undefined {
  const { project, event } = COUNTER_LIMITS;
  if (counters.length > project) {
    const message = `The live rules of a project count at most ${project} different things that users do, and these would count ${counters.length}. ${ADVICE}`;
    return { message, limit: project };
  }
  const ofEvent = new Map<string, number>();
  for (const counter of counters) ofEvent.set(counter.event, (ofEvent.get(counter.event) ?? 0) + 1);
  const [name, count] = [...ofEvent].find(([, of]) => of > event) ?? [];
  if (name === undefined) return undefined;
  const message = `The live rules of a project count one event in at most ${event} different ways, and these would count "${name}" in ${count}. ${ADVICE}`;
  return { message, limit: event };
}

const ADVICE = 'Use the same filters and windows in several rules, or pause a flag or config that needs others.';
