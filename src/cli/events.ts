import { InvalidArgumentError, type Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokenFile } from '../audit/exported';
import { linesIn } from './lines';
import { countOf, number, Pace, Progress } from './progress';
import { serverOf, withServer, type Server, type ServerOptions } from './server';
import { CommandFailed, Ended, EXIT, type Terminal } from './verb';

interface Options extends ServerOptions {
  readonly project: string;
  readonly from: number;
  readonly json?: true;
}

/** A line of the file, by its number from 0. */
interface Line {
  readonly index: number;
  readonly text: string;
}

interface Sent {
  accepted: number;
  repeated: number;
  rejected: number;
}

interface Answer {
  readonly accepted: number;
  readonly repeated: number;
  readonly rejected: readonly { readonly index: number; readonly message: string }[];
}

const STANDARD_INPUT = '/dev/stdin';
const MAX_EVENTS = 1_000;
/** A request may have 1 MiB: this leaves room for what is around the events. */
const MAX_BYTES = 1_000_000;
/** How often a batch is sent again that the server cannot take now. */
const ATTEMPTS = 60;
const MAX_WAIT_SECONDS = 30;
const AGAIN: readonly number[] = [429, 502, 503, 504];

/** Sends what users did, one event a line. */
export function eventsVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .requiredOption('--project <id>', 'the project')
    .option('--from <index>', 'begin with the line of this number; the first is 0', wholeNumber, 0)
    .option('--json', 'print {"accepted", "repeated", "rejected"} instead of words')
    .addHelpText(
      'after',
      '\nA line is {"user": "...", "event": "...", "id": "...", "at": "...", "properties": {}}; it needs an id or a time, so that an event that is sent twice is counted once.\n\nExample:\n  zcat events.ndjson.gz | experience-ledger events - --project shop\n\nExit code: 4 if all was sent, and some of it was rejected.',
    )
    .action((file: string, options: Options) => send(terminal, file === '-' ? STANDARD_INPUT : file, options));
}

async function send(terminal: Terminal, file: string, { from, project, json, ...given }: Options): Promise<void> {
  const server = await serverOf(terminal.environment, given);
  const [progress, pace] = [new Progress(terminal), new Pace()];
  const sent: Sent = { accepted: 0, repeated: 0, rejected: 0 };
  const reject = (index: number, message: string): void => {
    sent.rejected += 1;
    progress.end();
    terminal.err(`line ${index}: ${message}\n`);
  };
  let next = from;
  try {
    for await (const lines of batches(file, from, reject)) {
      const answer = await sendBatch(server, project, lines);
      sent.accepted += answer.accepted;
      sent.repeated += answer.repeated;
      for (const { index, message } of answer.rejected) reject(lines[index]!.index, message);
      next = lines.at(-1)!.index + 1;
      progress.tell(() => `${number(next)} lines, ${pace.of(next - from)}`);
    }
  } catch (error) {
    progress.end();
    if (error instanceof BrokenFile || error instanceof CommandFailed)
      throw new CommandFailed(`${error.message}\nAll lines before ${next} were sent: go on with --from ${next}.`, { cause: error });
    throw error;
  }
  progress.end();
  if (json) terminal.out(`${JSON.stringify(sent)}\n`);
  else
    terminal.out(
      `${countOf(sent.accepted, 'event')} accepted, ${number(sent.repeated)} there already, ${number(sent.rejected)} rejected.\n`,
    );
  if (sent.rejected > 0) throw new Ended(EXIT.incomplete);
}

/** Lines that are events, as many as a request may have. */
async function* batches(file: string, from: number, reject: (index: number, message: string) => void): AsyncIterable<readonly Line[]> {
  let batch: Line[] = [];
  let bytes = 0;
  let index = -1;
  for await (const text of linesIn(file)) {
    index += 1;
    if (index < from || text.trim() === '') continue;
    const problem = problemOf(text);
    const length = Buffer.byteLength(text) + 1;
    if (problem !== undefined || length > MAX_BYTES) {
      reject(index, problem ?? `it is longer than ${number(MAX_BYTES)} bytes`);
      continue;
    }
    if (batch.length === MAX_EVENTS || bytes + length > MAX_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push({ index, text });
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}

function problemOf(text: string): string | undefined {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'it is not an object';
  return 'id' in event || 'at' in event ? undefined : 'it has neither id nor at, so sending it again would count it twice: give it one';
}

/** Sends the batch until the server takes it; the same bytes each time, so that nothing is counted twice. */
async function sendBatch({ url, token }: Server, project: string, lines: readonly Line[]): Promise<Answer> {
  const body = `{"events":[${lines.map(({ text }) => text).join(',')}]}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${url}/projects/${encodeURIComponent(project)}/events`, { method: 'POST', headers, body }).catch(
      (error: Error) => error,
    );
    if (!(response instanceof Error) && response.status === 202) return (await response.json()) as Answer;
    const mayFollow = response instanceof Error || AGAIN.includes(response.status);
    if (!mayFollow || attempt === ATTEMPTS) throw new CommandFailed(await reasonOf(url, response));
    await sleep(waitSeconds(response, attempt) * 1_000);
  }
}

function waitSeconds(response: Response | Error, attempt: number): number {
  const said = response instanceof Error ? Number.NaN : Number(response.headers.get('retry-after') ?? Number.NaN);
  return Math.min(MAX_WAIT_SECONDS, Number.isFinite(said) ? said : attempt / 2);
}

async function reasonOf(url: string, response: Response | Error): Promise<string> {
  if (response instanceof Error) return `${url} cannot be reached: ${((response.cause ?? response) as Error).message}`;
  const { errors } = (await response.json().catch(() => ({}))) as { readonly errors?: readonly { readonly message: string }[] };
  return errors?.[0]?.message ?? `${url} answered ${response.status}`;
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give the number of a line; the first is 0.');
}
