import type { AppendResult } from '@kurrent/kurrentdb-client';
import type { Append } from './append';
import { OutcomeUnknown, RevisionConflict } from './event-store';
import type { KurrentConnection } from './kurrentdb-connection';
import { proposals, streamOf } from './kurrentdb-event';
import { appendFailure, TimedOut, within } from './kurrentdb-failure';
import type { KurrentReads } from './kurrentdb-read';
import { Turnstile } from './kurrentdb-turnstile';

/**
 * How many appends are under way at a time. All of a client go through one call; from 16 messages that wait in it on, it makes its callers
 * wait, and if the connection is lost then, those who wait reject with nobody to hear it, which ends the process.
 */
const AT_ONCE = 12;

/** Appends, each at an explicit revision: only then are the same bytes again the same append to the server, whenever they come. */
export class KurrentAppends {
  private readonly turnstile: Turnstile;

  constructor(
    private readonly connection: KurrentConnection,
    private readonly reads: KurrentReads,
    private readonly timeout: number,
  ) {
    this.turnstile = new Turnstile(AT_ONCE, timeout);
  }

  append(append: Append): Promise<void> {
    return this.turnstile.pass(() => this.carryOut(append));
  }

  /** Waits for all that are under way. */
  settled(): Promise<void> {
    return this.turnstile.empty();
  }

  private async carryOut(append: Append): Promise<void> {
    const { projectId, expectedRevision, events } = append;
    const { library } = this.connection;
    try {
      const { nextExpectedRevision } = await this.send(append);
      if (nextExpectedRevision === BigInt(expectedRevision + events.length)) return;
      if (await this.stands(append)) return;
      throw new OutcomeUnknown(
        `KurrentDB acknowledged an append to project ${projectId} which it does not hold: it ends at ${nextExpectedRevision}`,
      );
    } catch (error) {
      if (!(error instanceof library.WrongExpectedVersionError)) throw error;
      const actual = typeof error.actualState === 'bigint' ? Number(error.actualState) : -1;
      if (actual < expectedRevision + events.length || !(await this.stands(append))) {
        throw new RevisionConflict(projectId, expectedRevision, actual);
      }
    }
  }

  private async send(append: Append): Promise<AppendResult> {
    const { projectId, expectedRevision } = append;
    const { library } = this.connection;
    const lease = this.connection.lease();
    const stream = streamOf(projectId);
    const streamState = expectedRevision < 0 ? library.NO_STREAM : BigInt(expectedRevision);
    try {
      return await within(this.timeout, lease.client.appendToStream(stream, proposals(append), { streamState, deadline: this.timeout }));
    } catch (error) {
      if (error instanceof library.WrongExpectedVersionError) throw error;
      // A client that was told who the leader is, or that the server was away, goes on by itself.
      if (error instanceof TimedOut || error instanceof library.UnknownError) this.connection.giveUp(lease);
      throw appendFailure(error, stream, library);
    }
  }

  /** Whether these very events are in the stream, at their revisions. */
  private async stands({ projectId, expectedRevision, events }: Append): Promise<boolean> {
    try {
      const ids = await this.reads.ids(projectId, expectedRevision + 1, events.length);
      return events.every(({ id }, index) => id === ids[index]);
    } catch (error) {
      throw new OutcomeUnknown(`whether an append to project ${projectId} stands could not be read`, { cause: error });
    }
  }
}
