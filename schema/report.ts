import type { Cursor } from '../src/domain/cursor';
import type { NoPast } from '../src/reporting/experiment-past';
import { NoSuchTime, type Report } from '../src/reporting/experiment-results';
import { lookingBack } from './as-of';
import type { Context } from './context';
import { RequestError } from './error';
import { refuseForeign } from './reach';

/** Which results of an experiment are asked for. */
export interface ReportArgs {
  readonly projectId: string;
  readonly id: string;
  readonly upTo?: Cursor | null;
  readonly receivedUpTo?: Date | null;
}

/** What an experiment shows, or why there is nothing to show. What the question is refused for is thrown as the client is answered. */
export async function readReport(context: Context, { projectId, id, upTo, receivedUpTo }: ReportArgs): Promise<Report | NoPast> {
  refuseForeign('upTo', upTo, projectId);
  const events = context.history.upTo(projectId, upTo ? { kind: 'cursor', cursor: upTo } : { kind: 'time', time: Number.MAX_SAFE_INTEGER });
  try {
    return await lookingBack(projectId, () => context.results({ projectId, id, events, receivedUpToMs: receivedUpTo?.getTime() }));
  } catch (error) {
    if (error instanceof NoSuchTime) throw new RequestError('BAD_REQUEST', `\`receivedUpTo\` ${error.message}.`, error);
    throw error;
  }
}

/** The same of one that has started; undefined: there is no such project or experiment. */
export async function reportOf(context: Context, args: ReportArgs): Promise<Report | undefined> {
  const report = await readReport(context, args);
  if (report === 'NOT_STARTED')
    throw new RequestError(
      'BAD_REQUEST',
      `The experiment "${args.id}" had not started${args.upTo ? ' at `upTo`' : ''}, so it has no results.`,
    );
  return typeof report === 'string' ? undefined : report;
}
