import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { FREE_BYTES, LARGE_CHARACTERS } from './answer-budget';
import { GOING_AWAY, HEADERS, requestId } from './answer-headers';
import { type Failure, failureBody } from './failure';
import { answerType, cutOffUnread, writePieces } from './answer-body';

const { 'cache-control': NOT_STORED, ...OTHERS } = HEADERS;
const EVERY_ANSWER: readonly string[] = Object.entries(OTHERS).flat();

/** A body with bytes in it that are kept: they are sent as they are, copied nowhere. */
export type BodyAround = readonly [before: string, kept: Buffer, after: string];

let handedOver: (() => void)[] = [];

/**
 * Sends the answers of one turn of the event loop together at its end. Each system call that sends may wake the process that reads, a client or a proxy on
 * this machine, and a wake-up takes longer than a value does: answers that follow one another closely find it awake.
 */
function handOver(end: () => void): void {
  if (handedOver.length === 0) setImmediate(sendHandedOver);
  handedOver.push(end);
}

function sendHandedOver(): void {
  const answers = handedOver;
  handedOver = [];
  for (const end of answers) end();
}

/** One request of a direct route, and its answer, which is given once. */
export class Exchange {
  readonly id: string;

  /** `headers`: of the answer, whatever it is, as a list of names and values. */
  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private headers: readonly string[],
    private readonly logger: Logger,
  ) {
    this.id = requestId(request);
  }

  get log(): Logger {
    return this.logger.child({ requestId: this.id });
  }

  addHeader(name: string, value: string): void {
    this.headers = [...this.headers, name, value];
  }

  /** `headers` as a list of names and values. */
  send(status: number, headers: readonly string[], body?: string | BodyAround, caching = NOT_STORED): void {
    // The client is gone.
    if (this.response.destroyed) return;
    const all = ['x-request-id', this.id, ...EVERY_ANSWER, 'cache-control', caching, ...this.headers, ...headers];
    const { response } = this;
    if (body === undefined) {
      response.writeHead(status, all);
      return handOver(() => response.end());
    }
    if (typeof body !== 'string') {
      const [before, kept, after] = body;
      if (kept.length > LARGE_CHARACTERS) cutOffUnread(response);
      response.writeHead(status, [...all, 'content-length', String(Buffer.byteLength(before) + kept.length + Buffer.byteLength(after))]);
      return handOver(() => {
        response.write(before);
        response.write(kept);
        response.end(after);
      });
    }
    const bytes = Buffer.byteLength(body);
    if (bytes > LARGE_CHARACTERS) cutOffUnread(response);
    // A text of ASCII alone is the same bytes as Latin-1, which takes Node a third of the time.
    const encoding = bytes === body.length ? 'latin1' : 'utf8';
    response.writeHead(status, [...all, 'content-length', String(bytes)]);
    if (bytes > FREE_BYTES) {
      const end = (): void => void response.end();
      // The connection has failed: what has gone out of the answer is of no use.
      return void writePieces(response, body).then(end, () => response.destroy());
    }
    handOver(() => response.end(body, encoding));
  }

  /** In GraphQL's form, as errors that have nothing to do with a route are. */
  fail({ status, code, message, headers = {} }: Failure): void {
    const type = answerType(this.request.headers.accept);
    this.send(status, ['content-type', type, ...Object.entries(headers).flat()], failureBody(code, message, this.id));
  }

  goAway(): void {
    this.fail(GOING_AWAY);
  }
}
