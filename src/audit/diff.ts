import { setImmediate as turn } from 'node:timers/promises';
import type { EntityKind } from '../domain/event';
import type { Json } from '../domain/json';
import type { Document, RowKey } from '../read-model/read-model';
import type { View } from './as-of';
import { differences, type Difference } from './difference';

/** Where the things of one kind are, in the order in which their differences are given. */
export interface Contents {
  readonly kind: EntityKind;
  readonly collection: string;
}

/** `ABSENT`: it was not there yet at the second point, which is then the earlier one. */
export type EntityChange = 'CREATED' | 'CHANGED' | 'ARCHIVED' | 'RESTORED' | 'ABSENT';

/** How one thing differs between two points. */
export interface EntityDifference {
  readonly kind: EntityKind;
  readonly id: string;
  readonly change: EntityChange;
  /** Its documents, of which one may be undefined: it was not there. */
  readonly before: Document | undefined;
  readonly after: Document | undefined;
  readonly changes: readonly Difference[];
}

export interface DiffOptions {
  readonly projectId: string;
  readonly from: View;
  readonly to: View;
  readonly contents: readonly Contents[];
  /** What of a document is compared. */
  readonly contentOf: (document: Document, kind: EntityKind) => { readonly [field: string]: Json };
}

const BATCH = 100;

/**
 * Everything in which a project differs between two points, either of which may be the earlier one, thing by thing: by kind, and then in the order in
 * which they were created. What was changed and changed back does not differ.
 */
export async function diff({ projectId, from, to, contents, contentOf }: DiffOptions): Promise<readonly EntityDifference[]> {
  const found: EntityDifference[] = [];
  const [earlier, later] = from.head.revision <= to.head.revision ? [from, to] : [to, from];
  for (const { kind, collection } of contents) {
    const touched = await changedSince(projectId, collection, earlier, later);
    for (let at = 0; at < touched.length; at += BATCH) {
      const ids = touched.slice(at, at + BATCH);
      const [before, after] = await Promise.all([from, to].map(({ readModel }) => readModel.get(projectId, collection, ids)));
      ids.forEach((id, index) => {
        const [was, is] = [before?.[index], after?.[index]];
        const changes = differences(was && contentOf(was, kind), is && contentOf(is, kind));
        if (changes.length > 0) found.push({ kind, id, change: changeOf(was, is), before: was, after: is, changes });
      });
      await turn();
    }
  }
  return found;
}

/** The ids of what was changed after the earlier point, in the order of creation: what was not, is not read at all. */
async function changedSince(projectId: string, collection: string, earlier: View, later: View): Promise<readonly string[]> {
  const touched: { readonly id: string; readonly created: number }[] = [];
  for (let after: RowKey | undefined, more = true; more;) {
    const query = { collection, sort: { by: 'updated', descending: true }, limit: BATCH, from: 'start', after } as const;
    const { rows, hasNext } = await later.readModel.list(projectId, query);
    const since = rows.filter(({ key }) => Number(key.value) > earlier.head.revision);
    touched.push(...since.map(({ key, document }) => ({ id: key.id, created: Number(document['createdRevision']) })));
    after = rows.at(-1)?.key;
    more = hasNext && since.length === rows.length;
  }
  return touched.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

function changeOf(before: Document | undefined, after: Document | undefined): EntityChange {
  if (before === undefined) return 'CREATED';
  if (after === undefined) return 'ABSENT';
  if (isArchived(before) === isArchived(after)) return 'CHANGED';
  return isArchived(after) ? 'ARCHIVED' : 'RESTORED';
}

function isArchived({ archived, status }: Document): boolean {
  return archived === true || status === 'ARCHIVED';
}
