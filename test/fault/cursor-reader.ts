import { setTimeout as sleep } from 'node:timers/promises';
import { decodeCursor, encodeCursor } from '../../src/domain/cursor';
import { ask, type Address } from './client';
import type { KeyWriters } from './key-writers';

const QUERY = 'query ($id: ID!, $atLeast: Cursor) { keys(projectId: $id, atLeast: $atLeast) { cursor } }';

/** What a query may meet while a store is away: a place of the history is compared with the event store. */
const AWAY: ReadonlySet<string> = new Set(['READ_MODEL_UNAVAILABLE', 'EVENT_STORE_UNAVAILABLE', 'STOPPING']);

/** A client that queries any instance at the cursor another client has just received: the answer must be that revision or newer, or a refusal. */
export class CursorReader {
  /** Counts of queries that were answered, and of those that were refused. */
  shown = 0;
  refused = 0;
  private stopping = false;
  /** Ends after `stop`, or with a failure. */
  readonly ended: Promise<void>;

  constructor(
    private readonly projectId: string,
    private readonly writers: Pick<KeyWriters, 'commands'>,
    private readonly address: () => Promise<Address>,
  ) {
    this.ended = this.read();
    // The failure is reported by `stop`.
    this.ended.catch(() => {});
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.ended;
  }

  private async read(): Promise<void> {
    while (!this.stopping) {
      await sleep(5);
      const seen = this.writers.commands.findLast((command) => command.seen !== undefined)?.seen;
      if (seen === undefined) continue;
      const answer = await ask(await this.address(), QUERY, { id: this.projectId, atLeast: encodeCursor(seen.cursor) });
      if (answer === undefined) continue;
      const code = answer.errors?.[0]?.extensions?.code;
      if (code !== undefined) {
        if (!AWAY.has(code)) throw new Error(`a query met ${JSON.stringify(answer.errors)}`);
        this.refused += 1;
        continue;
      }
      const { cursor } = answer.data!['keys'] as { cursor: string };
      const revision = decodeCursor(cursor)?.revision ?? -1;
      if (revision < seen.cursor.revision)
        throw new Error(`a query at revision ${seen.cursor.revision} was answered with revision ${revision}`);
      this.shown += 1;
    }
  }
}
