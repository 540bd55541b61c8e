import { createHash, type Hash } from 'node:crypto';
import { ENTITY_KINDS } from '../domain/event';
import { canonical } from '../domain/json';
import { label } from '../domain/label';
import type { Checkpoint, ReadModel, Row, RowKey, SortField } from '../read-model/read-model';
import { Limiter } from '../concurrency/limiter';

/** What one part of a project's read model comes to: two that have the same digest are the same, byte for byte. */
export interface DigestPart {
  /** A collection of documents, or `log`. */
  readonly name: string;
  /** How many documents, or events, it holds. */
  readonly count: number;
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
}

export interface ReadModelDigest {
  /** The event that all of it reflects. */
  readonly checkpoint: Checkpoint;
  readonly parts: readonly DigestPart[];
}

/** For who serves others as well: one project at a time, since it reads all of it. Rejects with `TooManyWaiting` where too many wait. */
export function createDigests(
  readModel: Pick<ReadModel, 'checkpointsOf' | 'list' | 'log'>,
  collections: readonly string[],
): (projectId: string) => Promise<ReadModelDigest | undefined> {
  const limiter = new Limiter({ atOnce: 1, waiting: WAITING });
  return (projectId) => limiter.run(() => digestOf(readModel, projectId, collections));
}

/** The project moved on each time before all of it had been read. */
export class NeverStill extends Error {}

const WAITING = 20;
const PAGE = 200;
const LOG_PAGE = 5_000;
const ATTEMPTS = 20;
const SORTS: readonly SortField[] = ['name', 'created', 'updated'];

/**
 * Everything that a read model says of a project, as one digest for each part: the documents and what they are found and ordered by, and which revisions the
 * log has for each kind. Read a page at a time; if the project moves on meanwhile, from the beginning. undefined: there is no such project.
 */
export async function digestOf(
  readModel: Pick<ReadModel, 'checkpointsOf' | 'list' | 'log'>,
  projectId: string,
  collections: readonly string[],
): Promise<ReadModelDigest | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [checkpoint] = await readModel.checkpointsOf([projectId]);
    if (checkpoint === undefined) return undefined;
    const parts: DigestPart[] = [];
    for (const collection of [...collections].sort()) parts.push(await documentsOf(readModel, projectId, collection));
    parts.push(await logOf(readModel, projectId));
    const [after] = await readModel.checkpointsOf([projectId]);
    if (after?.hash === checkpoint.hash) return { checkpoint, parts };
  }
  throw new NeverStill(
    `project "${projectId}" is written so often that its read model could not be read as it is at one moment: try again`,
  );
}

async function documentsOf(readModel: Pick<ReadModel, 'list'>, projectId: string, collection: string): Promise<DigestPart> {
  const hash = createHash('sha256');
  let count = 0;
  for (const by of SORTS) {
    for (const archived of [false, true]) {
      line(hash, [by, archived]);
      for await (const { key, document } of rowsOf(readModel, projectId, collection, by, archived)) {
        // The documents once, and their order by everything that they can be ordered by.
        if (by === 'name') {
          line(hash, [key, document]);
          count += 1;
        } else line(hash, key);
      }
    }
  }
  return { name: collection, count, digest: hash.digest('hex') };
}

async function* rowsOf(
  readModel: Pick<ReadModel, 'list'>,
  projectId: string,
  collection: string,
  by: SortField,
  archived: boolean,
): AsyncIterable<Row> {
  for (let after: RowKey | undefined; ;) {
    const { rows, hasNext } = await readModel.list(projectId, {
      collection,
      archived,
      sort: { by, descending: false },
      ...(after === undefined ? {} : { after }),
      limit: PAGE,
      from: 'start',
    });
    yield* rows;
    after = rows.at(-1)?.key;
    if (!hasNext || after === undefined) return;
  }
}

async function logOf(readModel: Pick<ReadModel, 'log'>, projectId: string): Promise<DigestPart> {
  const hash = createHash('sha256');
  let count = 0;
  for (const kind of ENTITY_KINDS) {
    line(hash, kind);
    for (let after = -1; ;) {
      const page = await readModel.log(projectId, { having: [[label.kind(kind)]], after, newestFirst: false, limit: LOG_PAGE });
      // One by one: where a page ends is the read model's own affair.
      for (const revision of page.revisions) line(hash, revision);
      count += page.revisions.length;
      const last = page.stoppedAt ?? page.revisions.at(-1);
      if (!page.more || last === undefined) break;
      after = last;
    }
  }
  return { name: 'log', count, digest: hash.digest('hex') };
}

function line(hash: Hash, value: unknown): void {
  hash.update(`${canonical(value)}\n`);
}
