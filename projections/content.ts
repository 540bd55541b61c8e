import type { Json } from '../src/domain/json';
import type { Stamp } from './stamp';

const STAMP: ReadonlySet<string> = new Set<keyof Stamp>([
  'projectId',
  'version',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
  'createdRevision',
  'updatedRevision',
  'cursor',
]);
/** What only counts how many ids were given, and what only says which thing it is. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['id', 'rowIdsGiven', 'variantIdsGiven']);

/** What a document says that someone decided: without its stamp, which says who and when, and without what the ledger counts for itself. */
export function contentOf(document: object): { readonly [field: string]: Json } {
  const fields = Object.entries(document) as [string, Json][];
  return Object.fromEntries(fields.filter(([name]) => !STAMP.has(name) && !BOOKKEEPING.has(name)));
}
