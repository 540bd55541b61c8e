import type { EntityDifference } from '../src/audit/diff';
import { encodeCursor, type Cursor } from '../src/domain/cursor';
import { RequestError } from './error';
import { PAGE } from './list';

export interface DiffEnds {
  readonly from: Cursor;
  readonly to: Cursor;
}

export interface DiffPage {
  readonly page: readonly EntityDifference[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A page ends when its differences have so many characters, however many things were asked for; one thing it always has. */
const CHARACTERS = 1_000_000;

/** One page of a diff. Its places are numbers: between two points everything stays where it is, for good. */
export function pageOfDiff(found: readonly EntityDifference[], ends: DiffEnds, first: number, after: string | null | undefined): DiffPage {
  if (first < 0 || first > PAGE) {
    throw new RequestError('BAD_REQUEST', `\`first\` must be from 0 to ${PAGE}, not ${first}. Page with \`after\`.`);
  }
  const label = `${encodeCursor(ends.from)}/${encodeCursor(ends.to)}`;
  const start = after === null || after === undefined ? 0 : placeIn(label, after);
  let end = start;
  for (let characters = 0; end < Math.min(found.length, start + first); end += 1) {
    characters += JSON.stringify(found[end]?.changes).length;
    if (characters > CHARACTERS && end > start) break;
  }
  return {
    page: found.slice(start, end),
    pageInfo: {
      hasNextPage: end < found.length,
      endCursor: end > start ? Buffer.from(JSON.stringify([label, end])).toString('base64url') : null,
    },
  };
}

function placeIn(label: string, after: string): number {
  const [of, place] = parse(after);
  if (typeof of !== 'string' || typeof place !== 'number') {
    throw new RequestError('BAD_REQUEST', '`after` is no `endCursor` of a diff: give it back exactly as it was received.');
  }
  if (of === label) return place;
  throw new RequestError(
    'BAD_REQUEST',
    '`after` is of a diff between other points: give the `from` and `to` of its answer, as cursors, to go on with it.',
  );
}

function parse(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
