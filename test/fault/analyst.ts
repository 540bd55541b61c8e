import { createClient } from 'graphql-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Address } from './client';

/** What an analyst's tool has seen: the ids of events as they came, and where it is. */
interface Seen {
  readonly ids: string[];
  cursor: string | undefined;
}

/** Follows until the signal aborts or the connection ends, and notes what comes. Throws on what is no trouble of a connection. */
type Follow = (address: Address, seen: Seen, signal: AbortSignal) => Promise<void>;

const PROJECT = 'shop';
const PASSING = ['GOING_AWAY', 'EVENT_STORE_UNAVAILABLE', 'READ_MODEL_UNAVAILABLE', 'SLOW_CONSUMER'];
const WAYS = { ndjson, sse, socket } as const satisfies Readonly<Record<string, Follow>>;
const NAMES = Object.keys(WAYS) as (keyof typeof WAYS)[];

/**
 * One who follows a project from its beginning, whatever happens: who is cut off or leaves at random goes on after the last cursor, at whichever
 * instance is there. Keeps the ids as they came, those that come twice as well.
 */
export class Analyst {
  private readonly seen: Seen = { ids: [], cursor: undefined };
  private readonly ending = new AbortController();
  private readonly following: Promise<void>;
  private failure: Error | undefined;
  /** How often it has connected. */
  connections = 0;

  /** `address` answers when there is a server. Each analyst keeps to one way to follow. */
  constructor(
    readonly number: number,
    private readonly address: () => Promise<Address>,
    private readonly longestStay: number,
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

  async leave(): Promise<void> {
    this.ending.abort();
    await this.following;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const address = await this.address();
      const lid = AbortSignal.timeout(Math.ceil(Math.random() * this.longestStay));
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

/** As `EventSource` does it: the id of an event counts once the whole of it has come. */
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
    // Cut off, or left: what has come by whole lines has been taken.
  }
}

/** Who leaves while it still connects makes it fail with an event, which is none of anybody's business by then. */
class LeftWebSocket extends WebSocket {
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
    webSocketImpl: LeftWebSocket,
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
      if (error !== undefined && !PASSING.includes(error.extensions?.code ?? '')) throw new Error(`the feed was refused: ${error.message}`);
      if (!data) break;
      seen.cursor = data.changes.cursor;
      if (data.changes.event) seen.ids.push(data.changes.event.id);
    }
  } catch (error) {
    // A close event, or the connection that could not be made, is what this is about.
    if (error instanceof Error && error.message.startsWith('the feed was refused')) throw error;
  } finally {
    signal.removeEventListener('abort', leave);
    await client.dispose();
  }
}
