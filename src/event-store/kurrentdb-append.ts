import type { AppendResult } from '@kurrent/kurrentdb-client';
import { Limiter, WaitedTooLong } from '../concurrency/limiter';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable, StreamDeleted, type Append } from './event-store';
import type { KurrentBases } from './kurrentdb-bases';
import type { KurrentConnection } from './kurrentdb-connection';
import { proposals, streamOf } from './kurrentdb-event';
import { appendFailure, within } from './kurrentdb-failure';
import type { KurrentReads } from './kurrentdb-read';

/**
 * How many appends are under way at a time. All of a client go through one call; from 16 messages that wait in it on, it makes its callers
 * wait, and if the connection is lost then, those who wait reject with no one to hear it, which ends the process.
 */
const APPENDS_AT_ONCE = 12;

/**
 * The server compares the deadline of an append with its own clock, and writes nothing once it is past: so it is one that no clock reaches by being
 * wrong, and the time-out is ours.
 */
export const SERVER_DEADLINE_MS = 3_600_000;
/** A failure within this time comes from a server that has not tried the append. */
const AT_ONCE_MS = 500;

/** Appends, each at an explicit revision: only then are the same bytes again the same append to the server, whenever they come. */
export class KurrentAppends {
  private readonly limiter: Limiter;

  constructor(
    private readonly connection: KurrentConnection,
    private readonly reads: KurrentReads,
    private readonly bases: KurrentBases,
    private readonly timeoutMs: number,
  ) {
    this.limiter = new Limiter({ atOnce: APPENDS_AT_ONCE, waitMs: timeoutMs });
  }

  async append(append: Append): Promise<void> {
    try {
      await this.limiter.run(async () => {
        await this.bases.assertStands(append);
        await this.carryOut(append);
      });
      const last = append.events.at(-1);
      if (last) this.bases.note(append.projectId, last.hash);
    } catch (error) {
      if (!(error instanceof WaitedTooLong)) throw error;
      throw new StoreUnavailable(`KurrentDB has been too slow for ${this.timeoutMs} ms: nothing was sent, try again`);
    }
  }

  /** Waits for all that are under way. */
  settled(): Promise<void> {
    return this.limiter.idle();
  }

  private async carryOut(append: Append): Promise<void> {
    const { projectId, expectedRevision, events } = append;
    const { library } = this.connection;
    try {
      const { nextExpectedRevision } = await this.send(append);
      if (nextExpectedRevision === BigInt(expectedRevision + events.length)) return;
      if (await this.stands(append)) return;
      // A stream that was deleted takes a first append, and goes on counting: these events are not what they say they are.
      if (expectedRevision < 0 && nextExpectedRevision > BigInt(events.length - 1)) throw new StreamDeleted(projectId);
      throw new OutcomeUnknown(
        `KurrentDB acknowledged an append to project ${projectId} which it does not hold: it ends at ${nextExpectedRevision}`,
      );
    } catch (error) {
      // A repeat of what the server has not indexed yet gets no answer from it, but can be read.
      const unanswered = error instanceof OutcomeUnknown && error.cause instanceof library.DeadlineExceededError;
      if (unanswered && (await this.stands(append))) return;
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
    const { NO_STREAM } = library;
    const lease = this.connection.lease();
    const stream = streamOf(projectId);
    const streamState = expectedRevision < 0 ? NO_STREAM : BigInt(expectedRevision);
    const options = { streamState, deadline: SERVER_DEADLINE_MS } as const;
    const began = performance.now();
    const call = lease.client.appendToStream(stream, proposals(append), options);
    try {
      return await within(this.timeoutMs, call);
    } catch (error) {
      if (error instanceof library.WrongExpectedVersionError) throw error;
      await this.connection.callFailed(lease, call, error);
      if (error instanceof library.DeadlineExceededError && performance.now() - began < AT_ONCE_MS) throw await this.clocksDiffer(error);
      throw appendFailure(error, stream, library);
    }
  }

  /** The server does not tell its time, but its records do: each is dated by its own clock. */
  private async clocksDiffer(cause: Error): Promise<StoreUnavailable> {
    const here = new Date().toISOString();
    const newestMs = await this.reads.lastCreatedMs().catch(() => undefined);
    const there = newestMs === undefined ? '' : `; the newest record there is dated ${new Date(newestMs).toISOString()} by its own`;
    return new StoreUnavailable(
      `KurrentDB writes nothing: it says at once that an append which may take an hour is too late, so its clock is more than an hour ahead of the one here, which says ${here}${there}. Set both clocks`,
      { cause },
    );
  }

  /** Whether these very events are in the stream, at their own revisions. */
  private async stands({ projectId, expectedRevision, events }: Append): Promise<boolean> {
    try {
      const ids = await this.reads.ids(projectId, expectedRevision + 1, events.length);
      return events.every(({ id, revision }) => ids.get(BigInt(revision)) === id);
    } catch (error) {
      if (error instanceof StreamDeleted) throw error;
      throw new OutcomeUnknown(`whether an append to project ${projectId} stands could not be read`, { cause: error });
    }
  }
}
