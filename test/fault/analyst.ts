import { createClient } from 'graphql-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Address } from './client';

/** What an analyst's client has received: the ids of events in order of arrival, and its cursor. */
interface Seen {
  readonly ids: string[];
  cursor: string | undefined;
}

/** Follows until the signal aborts or the connection ends, and records the events. Throws on errors other than those of a connection. */
type Follow = (address: Address, seen: Seen, signal: AbortSignal) => Promise<void>;

const PROJECT = 'shop';
const TRANSIENT_CODES = ['GOING_AWAY', 'EVENT_STORE_UNAVAILABLE', 'READ_MODEL_UNAVAILABLE', 'SLOW_CONSUMER'];
const WAYS = { ndjson, sse, socket } as const satisfies Readonly<Record<string, Follow>>;
const NAMES = Object.keys(WAYS) as (keyof typeof WAYS)[];

/**
 * A client that follows a project from its start: cut off or disconnected at random, it resumes after its last cursor at any
 * instance that is up. Keeps the ids in order of arrival, with duplicates.
 */
export class Analyst {
  private readonly seen: Seen = { ids: [], cursor: undefined };
  private readonly ending = new AbortController();
  private readonly following: Promise<void>;
  private failure: Error | undefined;
  /** How often it has connected. */
  connections = 0;

  /** `address` resolves when a server is up. Each analyst uses one protocol. */
  constructor(
    readonly number: number,
    private readonly address: () => Promise<Address>,
    private readonly maxStayMs: number,
  ) {
    this.following = this.run().catch((error: Error) => void (this.failure = error));
  }

  get ids(): readonly string[] {
    if (this.failure) throw this.failure;
    return this.seen.ids;
  }

  get way(): string {
    return NAMES[this.number % NAMES.length] as string;
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.following;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const address = await this.address();
      const lid = AbortSignal.timeout(Math.ceil(Math.random() * this.maxStayMs));
      this.connections += 1;
      await WAYS[NAMES[this.number % NAMES.length] as keyof typeof WAYS](address, this.seen, AbortSignal.any([signal, lid]));
      await sleep(Math.random() * 50);
    }
  }
}

function ndjson(address: Address, seen: Seen, signal: AbortSignal): Promise<void> {
  const query = seen.cursor === undefined ? '?fromStart=true' : `?after=${seen.cursor}`;
  return read(address, query, { accept: 'application/x-ndjson' }, signal, (line) => {
    seen.cursor = /"cursor":"([^"]+)"/.exec(line)?.[1] ?? seen.cursor;
    if (line.startsWith('{"specversion"')) seen.ids.push(/"id":"([^"]+)"/.exec(line)?.[1] ?? '');
  });
}

/** As `EventSource` does: the id of an event counts once the whole event has arrived. */
function sse(address: Address, seen: Seen, signal: AbortSignal): Promise<void> {
  let id: string | undefined;
  let data: string | undefined;
  const headers: Record<string, string> = seen.cursor === undefined ? {} : { 'last-event-id': seen.cursor };
  return read(address, '?fromStart=true', headers, signal, (line) => {
    if (line.startsWith('id: ')) id = line.slice(4);
    else if (line.startsWith('data: ')) data = line.slice(6);
    else if (line === '') {
      seen.cursor = id ?? seen.cursor;
      if (data?.startsWith('{"specversion"') === true) seen.ids.push(/"id":"([^"]+)"/.exec(data)?.[1] ?? '');
      id = data = undefined;
    }
  });
}

async function read(
  { url, token }: Address,
  query: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  take: (line: string) => void,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`${url}/projects/${PROJECT}/changes${query}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal,
    });
  } catch {
    return;
  }
  if (response.status === 503) return;
  if (response.status !== 200) throw new Error(`the feed was refused: ${response.status} ${await response.text()}`);
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body!) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    }
  } catch {
    // Cut off or stopped: whole lines have been taken already.
  }
}

/** A socket terminated while it connects emits an error, which is expected here. */
class QuietWebSocket extends WebSocket {
  constructor(...connection: ConstructorParameters<typeof WebSocket>) {
    super(...connection);
    this.on('error', () => {});
  }
}

const CHANGES = `subscription ($after: Cursor, $fromStart: Boolean) { changes(projectId: "${PROJECT}", after: $after, fromStart: $fromStart) {
  ... on Change { cursor event { id } } ... on CaughtUp { cursor } ... on Heartbeat { cursor } ... on Parked { cursor }
} }`;

interface Result {
  readonly data?: { readonly changes: { readonly cursor: string; readonly event?: { readonly id: string } } } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

async function socket({ url, token }: Address, seen: Seen, signal: AbortSignal): Promise<void> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: QuietWebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  const variables = seen.cursor === undefined ? { fromStart: true } : { after: seen.cursor };
  const results = client.iterate({ query: CHANGES, variables }) as AsyncIterableIterator<Result>;
  const leave = () => client.terminate();
  signal.addEventListener('abort', leave, { once: true });
  try {
    for await (const { data, errors } of results) {
      if (signal.aborted) break;
      const [error] = errors ?? [];
      if (error !== undefined && !TRANSIENT_CODES.includes(error.extensions?.code ?? ''))
        throw new Error(`the feed was refused: ${error.message}`);
      if (!data) break;
      seen.cursor = data.changes.cursor;
      if (data.changes.event) seen.ids.push(data.changes.event.id);
    }
  } catch (error) {
    // A close event or a failed connection is expected.
    if (error instanceof Error && error.message.startsWith('the feed was refused')) throw error;
  } finally {
    signal.removeEventListener('abort', leave);
    await client.dispose();
  }
}
