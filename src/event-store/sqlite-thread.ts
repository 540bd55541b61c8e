import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../threads/thread';
import { sqliteCalls, type DatabaseLocation } from './sqlite-calls';

/** The thread itself: it is started with this module. */
if (parentPort !== null) serve(parentPort, sqliteCalls(workerData as DatabaseLocation));
