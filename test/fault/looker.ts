import { setTimeout as sleep } from 'node:timers/promises';
import { decodeCursor, encodeCursor } from '../../src/domain/cursor';
import { ask, type Address } from './client';
import type { Crowd } from './crowd';

const QUERY = 'query ($id: ID!, $atLeast: Cursor) { keys(projectId: $id, atLeast: $atLeast) { cursor } }';

/** One client that asks any instance for what others have just been told of, by its cursor: it must be shown that or newer, or be refused. */
export class Looker {
  /** How often it was shown what it asked for, and how often it was refused. */
  shown = 0;
  refused = 0;
  private leaving = false;
  private readonly looking: Promise<void>;

  constructor(
    private readonly projectId: string,
    private readonly crowd: Pick<Crowd, 'commands'>,
    private readonly address: () => Promise<Address>,
  ) {
    this.looking = this.look();
    // Told by `leave`.
    this.looking.catch(() => {});
  }

  async leave(): Promise<void> {
    this.leaving = true;
    await this.looking;
  }

  private async look(): Promise<void> {
    while (!this.leaving) {
      await sleep(5);
      const seen = this.crowd.commands.findLast((command) => command.seen !== undefined)?.seen;
      if (seen === undefined) continue;
      const answer = await ask(await this.address(), QUERY, { id: this.projectId, atLeast: encodeCursor(seen.cursor) });
      if (answer === undefined) continue;
      const code = answer.errors?.[0]?.extensions?.code;
      if (code !== undefined) {
        if (code !== 'READ_MODEL_UNAVAILABLE' && code !== 'STOPPING') throw new Error(`a query met ${JSON.stringify(answer.errors)}`);
        this.refused += 1;
        continue;
      }
      const { cursor } = answer.data?.['keys'] as { cursor: string };
      const revision = decodeCursor(cursor)?.revision ?? -1;
      if (revision < seen.cursor.revision) throw new Error(`asked for revision ${seen.cursor.revision}, it was shown ${revision}`);
      this.shown += 1;
    }
  }
}
