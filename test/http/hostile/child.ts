import 'reflect-metadata';
import { Session } from 'node:inspector/promises';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildLogger } from '../../../src/http/logger';
import { start } from '../../../src/main';
import { readSettings } from '../../../src/settings';
import { mainThreadCpuMs, processCpuMs } from '../../fixtures/main-thread-cpu';

/** What the parent is given on request. */
export interface Measured {
  readonly heapBytes: number;
  /** What the JavaScript engine has taken from the system for the heap, and what lies outside of it. */
  readonly heapTotalBytes: number;
  readonly externalBytes: number;
  readonly rssBytes: number;
  /** CPU time of the main thread between two turns of its event loop, in milliseconds. */
  readonly turnP99Ms: number;
  readonly turnMaxMs: number;
  readonly turns: number;
  /** All CPU time since the start of the process, in milliseconds: of the main thread, and of all threads. */
  readonly cpuMs: number;
  readonly processCpuMs: number;
}

export type FromChild = { readonly url: string } | { readonly measured: Measured } | { readonly slowTurnMs: number };

const send = (message: FromChild): void => void process.send?.(message);
const inspector = new Session();
inspector.connect();
/** Collects all that can be, and gives the free pages back to the system, which `gc()` keeps for the next objects: up to 128 MB, used or not. */
const collect = (): Promise<void> => inspector.post('HeapProfiler.collectGarbage');
const SLOW_MS = 100;

async function main(): Promise<void> {
  const running = await start(readSettings(process.env), { logger: buildLogger('error', process.stderr) });
  await running.ready;
  let turns = createHistogram();
  let lastMs = mainThreadCpuMs();
  // A timer of a millisecond runs once a turn while there is work to do.
  setInterval(() => {
    const nowMs = mainThreadCpuMs();
    const turnMs = nowMs - lastMs;
    lastMs = nowMs;
    turns.record(Math.max(1, Math.round(turnMs * 1_000)));
    if (turnMs > SLOW_MS) send({ slowTurnMs: turnMs });
  }, 1);
  const measure = async (): Promise<void> => {
    const measured = {
      turnP99Ms: turns.percentile(99) / 1_000,
      turnMaxMs: turns.max / 1_000,
      turns: turns.count,
      cpuMs: mainThreadCpuMs(),
      processCpuMs: processCpuMs(),
    };
    for (let pass = 0; pass < 3; pass += 1) {
      await collect();
      await sleep(100);
    }
    const { heapUsed, heapTotal, external, rss } = process.memoryUsage();
    send({ measured: { heapBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external, rssBytes: rss, ...measured } });
    // What a collection takes is no turn of a request.
    turns = createHistogram();
    lastMs = mainThreadCpuMs();
  };
  process.on('message', (message) => {
    if (message === 'measure') void measure();
    if (message === 'stop') void running.stop().then(() => process.exit(0));
  });
  send({ url: running.url });
}

void main();
