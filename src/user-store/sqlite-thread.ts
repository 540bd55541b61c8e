import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../threads/thread';
import type { UserThreadPlace } from './sqlite';
import { userReaderCalls, userWriterCalls } from './sqlite-calls';

/** What a thread does, by what it was started for. */
export function userCallsOf({ access, ...place }: UserThreadPlace) {
  return access === 'write' ? userWriterCalls(place) : userReaderCalls(place);
}

/** The thread itself: it is started with this module. */
if (parentPort !== null) serve(parentPort, userCallsOf(workerData as UserThreadPlace));
