import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../threads/thread';
import { readerCalls } from './sqlite-reader-calls';
import { writerCalls } from './sqlite-writer-calls';
import type { ThreadPlace } from './sqlite';

/** What a thread does, by what it was started for. */
export function callsOf({ access, ...place }: ThreadPlace) {
  return access === 'write' ? writerCalls(place) : readerCalls(place.directory);
}

/** The thread itself: it is started with this module. */
if (parentPort !== null) serve(parentPort, callsOf(workerData as ThreadPlace));
