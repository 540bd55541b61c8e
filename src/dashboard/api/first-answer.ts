import { ApolloLink } from '@apollo/client';
import { useEffect, useState } from 'react';
import { concatMap } from 'rxjs';

/* To take a long answer apart for the cache takes longer than to show it. So a list that has nothing to show yet shows the answer as it came, and the
   cache gets it once that is on the screen. */

/** For how long an answer is kept for a page that is not there yet. */
const KEPT_MS = 2_000;
/** A page in a tab behind others has no next frame. */
const LONGEST_MS = 200;

type Show = (data: unknown) => void;
const waiting = new Map<string, Set<Show>>();
const kept = new Map<string, unknown>();

/** One question, whatever order its variables are in. */
export function questionKey(operation: string | undefined, variables: object): string {
  const given = Object.entries(variables).filter(([, value]) => value !== undefined);
  return JSON.stringify([operation, given.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Keeps an answer for the page that is about to ask the same. */
export function keepAnswer(key: string, data: unknown): void {
  kept.set(key, data);
  setTimeout(() => kept.delete(key), KEPT_MS);
}

/** Shows an answer to those who wait for it before it goes on to the cache. */
export const showFirst = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    concatMap(async (result) => {
      const shows = waiting.get(questionKey(operation.operationName, operation.variables));
      if (shows === undefined || !result.data) return result;
      for (const show of shows) show(result.data);
      await painted();
      return result;
    }),
  ),
);

/** The answer as it came, while it is `needed`: until the cache has it. */
export function useFirstAnswer<T>(key: string, needed: boolean): T | undefined {
  const [answer, setAnswer] = useState(() => ({ key, data: kept.get(key) }));
  useEffect(() => {
    if (!needed) return undefined;
    const show = (data: unknown) => setAnswer({ key, data });
    const shows = waiting.get(key) ?? new Set();
    waiting.set(key, shows.add(show));
    return () => {
      shows.delete(show);
      if (shows.size === 0) waiting.delete(key);
    };
  }, [key, needed]);
  return needed && answer.key === key ? (answer.data as T | undefined) : undefined;
}

/** Resolves after the next frame. */
async function painted(): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, LONGEST_MS);
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
