import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decodeCursor, type Cursor } from '../domain/cursor';
import { ENTITY_KINDS } from '../domain/event';
import { FeedRefused } from '../feed/admission';
import type { FilterRequest } from '../feed/options';

const MOST_TYPES = 100;

/** As the API has them. */
const KINDS = ENTITY_KINDS.map((kind) => kind.toUpperCase());

const once = z.string({ error: 'must be given once' });
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((given) =>
    [given]
      .flat()
      .flatMap((part) => part.split(','))
      .filter((type) => type !== ''),
  )
  .refine(({ length }) => length > 0 && length <= MOST_TYPES, `must be 1 to ${MOST_TYPES} types of event, separated by commas`);

/** What a client may say in the address. A parameter that is not known is refused: misspelt, it would be left out without a word. */
const QUERY = z.strictObject({
  after: once.optional(),
  fromStart: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
  types: list.optional(),
  entity: z
    .enum(KINDS, { error: `must be one of ${KINDS.join(', ')}` })
    .transform((kind) => kind.toLowerCase())
    .optional(),
  entityId: once.optional(),
});

export interface PlainFollowing extends FilterRequest {
  readonly after?: Cursor;
  readonly fromStart?: boolean;
}

/**
 * What a request asks the feed for. `Last-Event-ID` goes before `after` and `fromStart`: a client that comes back by itself sends it along with the
 * address it began with. Throws `FeedRefused`.
 */
export function followingOf({ query, headers }: Pick<FastifyRequest, 'query' | 'headers'>): PlainFollowing {
  const parsed = QUERY.safeParse(query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what =
      issue?.code === 'unrecognized_keys'
        ? `"${issue.keys[0]?.slice(0, 100)}" is not one of them`
        : `\`${issue?.path.join('.')}\` ${issue?.message}`;
    throw new FeedRefused('BAD_REQUEST', `The feed takes the parameters ${Object.keys(QUERY.shape).join(', ')}: ${what}.`);
  }
  const { after, fromStart, ...filter } = parsed.data;
  const lastEventId = headers['last-event-id'];
  if (typeof lastEventId === 'string' && lastEventId !== '') return { ...filter, after: cursorOf(lastEventId) };
  return { ...filter, ...(after === undefined ? {} : { after: cursorOf(after) }), fromStart: fromStart === 'true' };
}

function cursorOf(text: string): Cursor {
  const cursor = decodeCursor(text);
  if (cursor !== undefined) return cursor;
  throw new FeedRefused(
    'BAD_REQUEST',
    'A cursor is given back exactly as it was received: this one is cut short, changed, or not of this API.',
  );
}
