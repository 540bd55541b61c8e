import { Thread, ThreadLost, type Channel } from '../threads/thread';
import { AppendedEvents } from './appended-events';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable, type Append } from './event-store';
import type { SqliteCalls } from './sqlite-calls';
import type { AppendOutcome, RowAppend } from './sqlite-commit';

/** Appends in a thread of its own, so that no event loop of others waits for the disk. */
export class SqliteWriter {
  /** What was appended last: those who follow the ledger need not ask the disk for it. */
  readonly appended = new AppendedEvents();
  private readonly thread: Thread<SqliteCalls>;
  private hasAppended = false;

  constructor(
    private readonly file: string,
    channel: () => Channel,
  ) {
    this.thread = new Thread(channel);
    this.thread.start();
  }

  async append(append: Append): Promise<void> {
    const { projectId, expectedRevision } = append;
    this.hasAppended = true;
    const outcome = await this.carriedOut(append);
    switch (outcome.kind) {
      case 'stands':
        return outcome.last === undefined ? this.appended.clear() : this.appended.add(outcome.last, append.texts);
      case 'conflict':
        throw new RevisionConflict(projectId, expectedRevision, outcome.actual);
      case 'mistake':
        throw new Error(outcome.message);
      case 'unavailable':
        throw new StoreUnavailable(outcome.message);
      case 'unknown':
        this.appended.clear();
        throw new OutcomeUnknown(outcome.message);
    }
  }

  /** Waits for all that is under way. */
  async close(): Promise<void> {
    if (this.hasAppended) await this.thread.call('close', undefined);
    await this.thread.end();
  }

  private async carriedOut(append: Append): Promise<AppendOutcome> {
    try {
      return await this.thread.call('append', rowsOf(append));
    } catch (error) {
      this.appended.clear();
      if (error instanceof ThreadLost) throw new OutcomeUnknown(`${this.file}: ${error.message}`, { cause: error });
      // It could not open the file, so nothing was written.
      throw new StoreUnavailable((error as Error).message, { cause: error });
    }
  }
}

function rowsOf({ projectId, expectedRevision, events, texts }: Append): RowAppend {
  const rows = events.map(({ revision, id, type, entity, occurredAt }, index) => ({
    revision,
    id,
    type,
    entityKind: entity.kind,
    entityId: entity.id,
    occurredAt,
    body: texts[index] as string,
  }));
  return { projectId, expectedRevision, rows };
}
