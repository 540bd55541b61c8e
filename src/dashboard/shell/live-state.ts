import { createContext, use, useEffect, useState } from 'react';
import { follow, type FeedItem, type LiveState } from '../api/live';
import { Refetch } from '../api/refetch';

export const LiveContext = createContext<LiveState | undefined>(undefined);
/** Whether changes reach the page at once; undefined where there is nothing to follow. */
export function useLive(): LiveState | undefined {
  return use(LiveContext);
}

/** Keeps a page of a project up to date from where its data was read. */
export function useFollowing(project: string, head: string | undefined): LiveState | undefined {
  const [state, setState] = useState<LiveState>();
  useEffect(() => {
    if (head === undefined) return undefined;
    const stop = new AbortController();
    const refetch = new Refetch(project);
    const onItem = (item: FeedItem) => {
      // A page that could not be asked for shows its own error with its own way to try again.
      refetch.item(item).catch(() => undefined);
    };
    void follow({ project, after: head, onItem, onState: setState, signal: stop.signal });
    return () => {
      stop.abort();
      refetch.stop();
      setState(undefined);
    };
  }, [project, head]);
  return state;
}
