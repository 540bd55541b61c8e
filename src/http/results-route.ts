import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Caller } from '../application/caller';
import { NoSuchPoint } from '../audit/history-point';
import { inSlices } from '../concurrency/in-slices';
import { TooManyWaiting } from '../concurrency/limiter';
import { decodeCursor, encodeCursor, type Cursor } from '../domain/cursor';
import { instantOf, INSTANT_WORDS } from '../domain/instant';
import type { Steps } from '../domain/steps';
import { DAILY_COLUMNS, dailyRows, type DailyRow } from '../reporting/daily-rows';
import { NoSuchTime, type Report } from '../reporting/experiment-results';
import type { NoPast } from '../reporting/experiment-past';
import { sendText } from './answer-body';
import { TOO_MANY, type OutgoingBytes } from './answer-budget';
import { csvRow } from './csv';
import { answer } from './failure';
import { infrastructureError } from './infrastructure-errors';
import type { Routes } from './routes';

export interface ResultsRouteParts {
  readonly mayRead: (caller: Caller, projectId: string) => boolean;
  /** The results by the history up to a cursor, or all of it, and by what was received up to a time. */
  readonly report: (asked: {
    readonly projectId: string;
    readonly id: string;
    readonly upTo: Cursor | undefined;
    readonly receivedUpToMs: number | undefined;
  }) => Promise<Report | NoPast>;
  /** What all answers take. */
  readonly outgoing: Pick<OutgoingBytes, 'hold'>;
  /** The server is stopping. */
  readonly goAway: () => void;
}

type Format = 'csv' | 'ndjson';

const FORMATS: Readonly<Record<string, Format>> = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson', 'application/json': 'ndjson' };
const TYPES: Readonly<Record<Format, string>> = { csv: 'text/csv; header=present', ndjson: 'application/x-ndjson' };

/** What was asked is wrong; the message says what to do. */
class WronglyAsked extends Error {}

type Asked = { Params: { id: string; experiment: string }; Querystring: { upTo?: string; receivedUpTo?: string } };

/**
 * `GET /projects/<id>/experiments/<experiment>/days`: the daily aggregates that results are made of (R3), as CSV or as lines of JSON. The headers name what
 * gives the same again. `POST`, whose body says nothing, is for the session of a browser, which allows no GET.
 */
export function resultsRoutes({ mayRead, report, outgoing, goAway }: ResultsRouteParts): Routes {
  return {
    goAway,
    add: (server, { identify, drain }) => {
      const handler = (request: FastifyRequest<Asked>, reply: FastifyReply) =>
        drain.run(reply.raw, async () => {
          const { id: projectId, experiment: id } = request.params;
          const type = new Negotiator({ headers: { accept: request.headers.accept ?? '*/*' } }).mediaType(Object.keys(FORMATS));
          if (type === undefined)
            return answer(request, reply, 406, 'BAD_REQUEST', 'Ask for text/csv or application/x-ndjson in the Accept header.');
          if (!mayRead(request.caller, projectId))
            return answer(request, reply, 403, 'FORBIDDEN', `This token may not read the results of "${projectId}".`);
          try {
            const found = await report({ projectId, id, ...askedIn(request, projectId) });
            if (found === 'NOT_STARTED')
              return answer(request, reply, 400, 'BAD_REQUEST', 'The experiment had not started, so it has no results.');
            if (typeof found === 'string')
              return answer(request, reply, 404, 'NOT_FOUND', `There is no experiment "${id.slice(0, 100)}" in "${projectId}".`);
            return await send(outgoing, request, reply, FORMATS[type]!, found);
          } catch (error) {
            return refuse(request, reply, error);
          }
        });
      server.route<Asked>({ method: ['GET', 'POST'], url: '/projects/:id/experiments/:experiment/days', onRequest: identify, handler });
    },
  };
}

function askedIn({ query }: FastifyRequest<Asked>, projectId: string) {
  const { upTo, receivedUpTo } = query;
  const cursor = upTo === undefined ? undefined : decodeCursor(String(upTo));
  if (upTo !== undefined && cursor === undefined) throw new WronglyAsked('upTo must be a cursor, as an answer of the API gave it.');
  if (cursor !== undefined && cursor.projectId !== projectId)
    throw new WronglyAsked(`upTo is a cursor of the project "${cursor.projectId}", not of "${projectId}".`);
  const receivedUpToMs = receivedUpTo === undefined ? undefined : instantOf(receivedUpTo);
  if (receivedUpTo !== undefined && receivedUpToMs === undefined) throw new WronglyAsked(`receivedUpTo must be ${INSTANT_WORDS}.`);
  return { upTo: cursor, receivedUpToMs };
}

async function send(outgoing: Pick<OutgoingBytes, 'hold'>, request: FastifyRequest, reply: FastifyReply, format: Format, report: Report) {
  const text = await inSlices(textOf(format, report));
  if (!outgoing.hold(reply.raw, text)) return answer(request, reply.header('retry-after', '5'), 429, 'LIMIT_EXCEEDED', TOO_MANY);
  void reply.headers({
    'content-type': `${TYPES[format]}; charset=utf-8`,
    'results-cursor': encodeCursor(report.cursor),
    'results-received-up-to': new Date(report.receivedUpToMs).toISOString(),
    'results-digest': report.digest,
  });
  return sendText(text, request, reply);
}

/** All rows as one text: there may be tens of thousands. */
function* textOf(format: Format, report: Report): Steps<string> {
  const lines: string[] = format === 'csv' ? [csvRow(DAILY_COLUMNS)] : [];
  for (const row of dailyRows(report)) {
    lines.push(format === 'csv' ? csvRow(cellsOf(row)) : `${JSON.stringify(row)}\n`);
    yield;
  }
  return lines.join('');
}

const cellsOf = (row: DailyRow): readonly (string | number)[] => DAILY_COLUMNS.map((column) => row[column]);

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof WronglyAsked || error instanceof NoSuchPoint) return answer(request, reply, 400, 'BAD_REQUEST', error.message);
  if (error instanceof NoSuchTime) return answer(request, reply, 400, 'BAD_REQUEST', `receivedUpTo ${error.message}.`);
  if (error instanceof TooManyWaiting)
    return answer(request, reply.header('retry-after', '5'), 429, 'LIMIT_EXCEEDED', 'Too many ask for results, all at once. Try again.');
  const known = infrastructureError(error);
  if (known === undefined) throw error;
  if (known.forTheLog) request.log.error({ err: error }, 'the results of an experiment could not be read');
  return answer(request, reply.header('retry-after', '5'), 503, known.code, known.message);
}
