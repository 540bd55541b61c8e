import { setImmediate as turn } from 'node:timers/promises';

const TURN_MS = 10;

/**
 * A pause for long work on one project after another, in which the rest of the process has its turn, at least every 10 ms: stores in memory
 * never wait for anything. It throws when the signal has aborted.
 */
export function turns(signal: AbortSignal): () => Promise<void> {
  let last = 0;
  return async () => {
    if (performance.now() - last >= TURN_MS) {
      await turn();
      last = performance.now();
    }
    signal.throwIfAborted();
  };
}
