import { randomUUID } from 'node:crypto';
import { OutcomeUnknown, StoreUnavailable } from './event-store';
import { SERVER_DEADLINE_MS } from './kurrentdb-append';
import type { KurrentConnection } from './kurrentdb-connection';
import { appendFailure, within } from './kurrentdb-failure';
import type { KurrentReads } from './kurrentdb-read';

/** Holds one event and no other. It is no project's stream, so nothing that reads the ledger's events sees it. */
export const LEDGER_STREAM = 'experience-ledger';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The ledger's id as the only event of a stream of its own. Of instances that find none at the same time the first writer wins, and all
 * answer what is stored.
 */
export class KurrentLedgerId {
  /** Proposed each time, so that an append whose outcome was unknown is the same append. */
  private readonly proposed = randomUUID() as string;

  constructor(
    private readonly connection: KurrentConnection,
    private readonly reads: KurrentReads,
    private readonly timeoutMs: number,
  ) {}

  async get(): Promise<string> {
    const stored = await this.stored();
    if (stored !== undefined) return stored;
    await this.propose();
    const written = await this.stored();
    if (written === undefined)
      throw new StoreUnavailable(`stream ${LEDGER_STREAM} of KurrentDB does not hold what was written to it: try again`);
    return written;
  }

  private async stored(): Promise<string | undefined> {
    const data = await this.reads.firstData(LEDGER_STREAM);
    if (data === undefined) return undefined;
    const ledgerId = (data as { readonly ledgerId?: unknown } | null)?.ledgerId;
    if (typeof ledgerId === 'string' && UUID.test(ledgerId)) return ledgerId;
    throw new StoreUnavailable(
      `the first event of stream ${LEDGER_STREAM} in KurrentDB has no ledgerId: the stream must be this ledger's alone, so delete what another program wrote there`,
    );
  }

  /** That another instance was faster is no failure: what it wrote is read next. */
  private async propose(): Promise<void> {
    const { library } = this.connection;
    const lease = this.connection.lease();
    const event = {
      id: this.proposed,
      type: 'LedgerCreated',
      contentType: 'application/json',
      data: { ledgerId: this.proposed },
      metadata: undefined,
    } as const;
    const call = lease.client.appendToStream(LEDGER_STREAM, event, { streamState: library.NO_STREAM, deadline: SERVER_DEADLINE_MS });
    try {
      await within(this.timeoutMs, call);
    } catch (error) {
      if (error instanceof library.WrongExpectedVersionError) return;
      await this.connection.callFailed(lease, call, error);
      const failure = appendFailure(error, LEDGER_STREAM, library);
      // Whether it was stored is read next.
      if (!(failure instanceof OutcomeUnknown)) throw failure;
    }
  }
}
