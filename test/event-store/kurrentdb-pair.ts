import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { timed } from '../fixtures/elapsed';

/** How long the store waits for the server in these tests, in milliseconds. */
export const TIMEOUT = 4_000;

/** A server and a store on it, for each test of a file. */
export class Pair {
  server: KurrentStandIn;
  store: KurrentEventStore;

  constructor() {
    beforeEach(async () => {
      this.server = await KurrentStandIn.start();
      this.store = await KurrentEventStore.open(this.server.url, { timeoutMs: TIMEOUT });
    });
    afterEach(async () => {
      this.server.faults.thaw();
      await this.store.close();
      await this.server.dispose();
    });
  }

  /** The ids of a project's events, as the server has them. */
  held(projectId: string): string[] {
    return (this.server.log.stream(`project-${projectId}`) ?? []).map(({ id }) => id);
  }
}

/** What a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('it should have failed, and did not');
    },
    (error: Error) => error,
  );
}

/** How long a promise takes to settle, in milliseconds. */
export async function duration(promise: Promise<unknown>): Promise<number> {
  return (await timed(Promise.allSettled([promise]))).ms;
}
