import { freezeJson } from './memory-log';
import { rowKeyIn } from './redis-keys';
import type { Document, ListQuery, Page, Row } from './read-model';

/** What the script `LIST` answers. */
export type ListAnswer = readonly (string | number)[];

/** The page in the script's answer; undefined: the one that the caller knows is still right. */
export function pageIn(answer: ListAnswer, { sort }: ListQuery): Page | undefined {
  if (answer.length === 1) return undefined;
  if (answer.length === 0) return { rows: [], total: 0, hasPrevious: false, hasNext: false, checkpoint: undefined };
  const [revision, hash, occurredAt, total, start, end, ...texts] = answer;
  const rows: Row[] = [];
  for (let at = 0; at < texts.length; at += 2) {
    const key = Object.freeze(rowKeyIn(texts[at] as string, sort.by));
    rows.push(Object.freeze({ key, document: documentIn(texts[at + 1] as string) }));
  }
  const checkpoint = Object.freeze({ revision: Number(revision), hash: hash as string, occurredAt: Number(occurredAt) });
  const page = {
    rows: Object.freeze(rows),
    total: Number(total),
    hasPrevious: Number(start) > 0,
    hasNext: Number(end) < Number(total),
    checkpoint,
  };
  return Object.freeze(page);
}

/** A document as it was projected: no one can change it, since the page it is in may be kept. */
export function documentIn(text: string): Document {
  const document = JSON.parse(text) as Document;
  freezeJson(document);
  return document;
}
