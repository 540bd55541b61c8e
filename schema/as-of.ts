import { Field, InputType, Int } from 'type-graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';
import { Reader } from '../projections/reader';
import { TooManyWaiting } from '../src/concurrency/limiter';
import { NoSuchPoint, type HistoryPoint } from '../src/audit/history-point';
import { ChainBroken, HistoryChanged } from '../src/audit/timeline';
import type { Cursor } from '../src/domain/cursor';
import { DamagedRecord } from '../src/event-store/event-store';
import type { Context } from './context';
import { RequestError } from './error';
import { Loaders } from './loaders';
import { refuseForeign } from './reach';
import { CursorScalar, DateTimeScalar } from './scalars';

/** Exactly one member is given, which GraphQL itself checks (@oneOf). */
@InputType({ description: 'A point in the history of a project. Exactly one member is given.' })
export class AsOfInput {
  @Field(() => Int, { nullable: true, description: 'Just after the event of this revision; 0 is the creation of the project.' })
  revision?: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'After the last event that is not later. A time to come gives the end of the history as it is now: `head` says which.',
  })
  time?: Date;

  @Field(() => CursorScalar, { nullable: true, description: 'Just after the event that the cursor was given for.' })
  cursor?: Cursor;
}

/** What one look into the past costs, in fields: about as long as it may take. */
export const LOOK = 1_000;

/** The cost of a field that may be asked as of another time. Only the document is looked at: what a variable holds is not known when a cost is kept. */
export const AS_OF_COST: ComplexityEstimator = ({ node, childComplexity }) =>
  childComplexity + (node.arguments?.some(({ name }) => name.value === 'asOf') ? LOOK : 1);

/** The context in which a project's documents are those of then; undefined: there is no such project. */
export async function contextAsOf(context: Context, projectId: string, asOf: AsOfInput): Promise<Context | undefined> {
  const then = await viewOf(context, projectId, placeOf('asOf', projectId, asOf));
  if (then === undefined) return undefined;
  const reader = new Reader(then.readModel);
  const history = context.history.over(then.readModel);
  // What is the same for all requests is the context's prototype.
  return Object.assign(Object.create(context) as Context, {
    asOfRevision: then.head.revision,
    reader,
    loaders: new Loaders(reader, context.loadProject, history),
    history,
    progress: {
      reached: async (_projectId, revision) => (revision <= then.head.revision ? 'reached' : 'timeout'),
      staleSince: () => undefined,
      differs: () => false,
    },
  } satisfies Partial<Context>);
}

/** A project's documents as of a place; undefined: there is no such project. */
export async function viewOf({ asOf }: Context, projectId: string, place: HistoryPoint): ReturnType<Context['asOf']> {
  return lookingBack(projectId, () => asOf(projectId, place));
}

/** What reading a history to a point rejects with, as the client is answered. */
export async function lookingBack<Result>(projectId: string, look: () => Promise<Result>): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof NoSuchPoint) throw new RequestError('BAD_REQUEST', error.message, error);
    if (error instanceof TooManyWaiting) {
      throw new RequestError('LIMIT_EXCEEDED', 'Too many ask what was, all at once. Try again in a moment.', error);
    }
    if (error instanceof ChainBroken || error instanceof HistoryChanged || error instanceof DamagedRecord) {
      const message = `The event store does not hold the history of "${projectId}" as it was written: \`experience-ledger verify\` says where.`;
      throw new RequestError('HISTORY_BROKEN', message, error);
    }
    throw error;
  }
}

/** The place that an argument of this name means. */
export function placeOf(argument: string, projectId: string, { revision, time, cursor }: AsOfInput): HistoryPoint {
  if (cursor !== undefined) {
    refuseForeign(`${argument}.cursor`, cursor, projectId);
    return { kind: 'cursor', cursor };
  }
  if (time !== undefined) return { kind: 'time', time: time.getTime() };
  if (revision === undefined || revision < 0) {
    throw new RequestError('BAD_REQUEST', `\`${argument}.revision\` must be 0 or more: 0 is the creation of the project.`);
  }
  return { kind: 'revision', revision };
}
