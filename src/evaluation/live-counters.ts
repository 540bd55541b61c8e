import type { CounterDescriptor } from './counter';
import type { Ruleset } from './ruleset';

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
