import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { GOING_AWAY, HEADERS, requestId } from './answer-headers';
import { type Failure, failureBody } from './failure';
import { answerType } from './answer-body';

const { 'cache-control': NOT_STORED, ...OTHERS } = HEADERS;
const EVERY_ANSWER: readonly string[] = Object.entries(OTHERS).flat();

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
  send(status: number, headers: readonly string[], body?: string, caching = NOT_STORED): void {
    // The client is gone.
    if (this.response.destroyed) return;
    const all = ['x-request-id', this.id, ...EVERY_ANSWER, 'cache-control', caching, ...this.headers, ...headers];
    if (body !== undefined) all.push('content-length', String(Buffer.byteLength(body)));
    this.response.writeHead(status, all).end(body);
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
