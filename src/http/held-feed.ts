import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import type { Feed } from '../feed/feed';

const LOOK_MS = 100;

/**
 * Keeps a response open, with a heartbeat now and then, while the server is starting and has nothing to show yet. An `EventSource` takes a refusal for final,
 * so it would not survive a restart.
 */
export async function holdWhile(starting: () => boolean, feed: Feed, response: ServerResponse, heartbeat: Buffer): Promise<void> {
  for (let next = 0; starting() && !feed.isClosed && !response.destroyed; await sleep(LOOK_MS)) {
    if (performance.now() < next) continue;
    response.write(heartbeat);
    next = performance.now() + feed.heartbeatMs;
  }
}
