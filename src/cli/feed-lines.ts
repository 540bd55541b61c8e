import { CommandFailed } from './verb';

/** How one connection to a feed ended, when connecting again makes sense: the message for the terminal. */
export interface Interrupted {
  readonly why: string;
  /** A new token is needed first. */
  readonly expired: boolean;
}

export interface FeedRequest {
  readonly url: string;
  readonly token: string;
  readonly parameters: URLSearchParams;
  readonly project: string;
  readonly signal: AbortSignal;
}

interface Notice {
  readonly kind?: string;
  readonly code?: string;
  readonly message?: string;
}

/** Longer than the default interval between two heartbeats. */
const SILENCE_MS = 90_000;
const PASSING = [408, 425, 429, 500, 502, 503, 504];
const GO_ON = ['GOING_AWAY', 'SLOW_CONSUMER', 'EVENT_STORE_UNAVAILABLE'];

/**
 * Gives each line of the plain feed to `take`, one after another, until the connection ends. Answers how, or throws `CommandFailed` if to try again would not
 * help.
 */
export async function followLines(request: FeedRequest, take: (line: string) => Promise<void>): Promise<Interrupted> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await open(request, AbortSignal.any([request.signal, silence.signal]));
    if ('why' in response) return response;
    for await (const line of lines(response, () => timer.refresh())) {
      await take(line);
      const end = line.startsWith('{"kind":"end"') ? (JSON.parse(line) as Notice) : undefined;
      if (end !== undefined) return endOf(end);
    }
    return { why: 'the server ended the connection', expired: false };
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    if (silence.signal.aborted) return { why: 'nothing was heard from the server', expired: false };
    const { message } = ((error as Error).cause ?? error) as Error;
    return { why: `${request.url} cannot be reached: ${message}`, expired: false };
  } finally {
    clearTimeout(timer);
  }
}

async function open({ url, token, project, parameters }: FeedRequest, signal: AbortSignal): Promise<Response | Interrupted> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' };
  const response = await fetch(`${url}/projects/${encodeURIComponent(project)}/changes?${parameters}`, { headers, signal });
  if (response.ok) return response;
  const message = await response.json().then(
    (body) => (body as { errors?: Notice[] }).errors?.[0]?.message,
    () => undefined,
  );
  const why = message ?? `${url} answered ${response.status}, and not as an Experience Ledger does`;
  if (response.status === 401) return { why, expired: true };
  if (PASSING.includes(response.status)) return { why, expired: false };
  throw new CommandFailed(why);
}

function endOf({ code = '', message = code }: Notice): Interrupted {
  if (code === 'UNAUTHENTICATED') return { why: message, expired: true };
  if (GO_ON.includes(code)) return { why: message, expired: false };
  throw new CommandFailed(message);
}

/** Whole lines: what the end of a connection has cut short comes again, after the cursor before it. */
async function* lines(response: Response, heard: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    heard();
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
