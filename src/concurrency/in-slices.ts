import { setImmediate as turn } from 'node:timers/promises';

/** How long work may hold the event loop at a time: a piece that has begun is finished. */
const SLICE_MS = 10;

/** Does some of its work. False: there is no more. */
type Job = () => boolean;

const jobs: Job[] = [];

/**
 * Does work in pieces, so that the rest of the process has its turn at least every 10 ms or so. All such work of the process shares these slices, one
 * in each turn of the event loop: many plans at once hold it no longer than one. Rejects with what the work throws.
 */
export function inSlices<Result>(steps: Generator<void, Result, void>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const job: Job = () => {
      const end = performance.now() + SLICE_MS;
      try {
        do {
          const { done, value } = steps.next();
          if (done !== true) continue;
          resolve(value);
          return false;
        } while (performance.now() < end);
        return true;
      } catch (error) {
        reject(error as Error);
        return false;
      }
    };
    jobs.push(job);
    if (jobs.length === 1) setImmediate(next);
  });
}

/** One slice of the work that has waited longest. */
function next(): void {
  const job = jobs[0] as Job;
  const goesOn = job();
  jobs.shift();
  if (goesOn) jobs.push(job);
  if (jobs.length > 0) setImmediate(next);
}

/** Items that are handed out in one turn: what is made of each takes a fraction of a millisecond. */
const IN_ONE_TURN = 50;

/** The items of a long list, a few of them in each turn of the event loop: for an answer that has much to say of each. */
export function inTurns<Item>(items: readonly Item[]): readonly (Item | Promise<Item>)[] {
  const turns: Promise<void>[] = [Promise.resolve()];
  const after = (count: number): Promise<void> => (turns[count] ??= after(count - 1).then(() => turn()));
  return items.map((item, index) => (index < IN_ONE_TURN ? item : after(Math.floor(index / IN_ONE_TURN)).then(() => item)));
}

/** Work that waits for its turn of the event loop, the longest wait first. */
const paused: (() => void)[] = [];
let turnBeganMs: number | undefined;

/**
 * A pause, where such work has held this turn of the event loop for 10 ms; else undefined. For what is read from memory or from a file, and therefore
 * never waits by itself: thousands of such reads after one another would be a single turn. Of those that pause, one goes on in each turn.
 */
export function pauseIfLong(): Promise<void> | undefined {
  if (turnBeganMs === undefined) {
    turnBeganMs = performance.now();
    setImmediate(endTurn);
    return undefined;
  }
  if (paused.length === 0 && performance.now() - turnBeganMs < SLICE_MS) return undefined;
  return new Promise((resolve) => paused.push(resolve));
}

function endTurn(): void {
  const goOn = paused.shift();
  turnBeganMs = goOn && performance.now();
  if (goOn === undefined) return;
  setImmediate(endTurn);
  goOn();
}

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
