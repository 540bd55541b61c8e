import type { IndexEntry, RowKey } from './read-model';

/**
 * The names of the keys of one generation. All keys of a project hold the same hash tag, so that they are in one slot of a Redis Cluster
 * and one script can use them together. A collection is three keys:
 *
 * - documents: a hash, id -> the document's JSON, as it was projected;
 * - index: a hash, id -> what the document is found and ordered by (`indexText`);
 * - order: a sorted set of equal scores, hence in the order of its members' bytes, which stand for one of
 *   `n<archived><name>`, `c<archived><created>`, `u<archived><updated>` or `t<tag>`, each followed by the id. One set for all of them:
 *   a batch then declares three keys for each collection and moves its places with two commands.
 *
 * The log of a project's revisions is strings of numbers, big-endian, only ever added to:
 *
 * - times: of each revision when it happened, 6 bytes;
 * - of each label the revisions that have it, ascending, 4 bytes.
 */
export class RedisKeys {
  /** The ids of the projects that are there, or are about to be. */
  readonly projects: string;
  /** Who projects the generation. */
  readonly lease: string;
  /** Its parked projects. */
  readonly parked: string;
  /** Holds the id of the ledger whose generation it is: without it none of these keys is ever deleted. */
  readonly marker: string;
  /** A hash: where a start resumes reading the event store. */
  readonly resume: string;

  /** `start`: what the names of all these keys begin with, and of no others. */
  constructor(readonly start: string) {
    this.projects = `${this.start}projects`;
    // No project has an empty id.
    this.lease = `{${this.start}}:lease`;
    this.parked = `{${this.start}}:parked`;
    this.marker = `{${this.start}}:ledger`;
    this.resume = `{${this.start}}:resume`;
  }

  /** Whether a key has a name that is given here. */
  has(key: string): boolean {
    if ([this.projects, this.lease, this.parked, this.marker, this.resume].includes(key)) return true;
    const tag = `{${this.start}`;
    return key.startsWith(tag) && OF_A_PROJECT.test(key.slice(tag.length));
  }

  /**
   * A hash: revision, hash, occurredAt; and, to notice keys that are gone, how many members each other key of the project had at the revision
   * `counted`, each under the end of its key's name. An instance of an earlier version moves the revision alone, and then nothing is counted.
   */
  checkpoint(projectId: string): string {
    return `{${this.start}${projectId}}:checkpoint`;
  }

  /** The prefix of all keys of the project, and of no other key. */
  project(projectId: string): string {
    return `{${this.start}${projectId}}:`;
  }

  /** A set: the labels that the log has lists of. */
  labels(projectId: string): string {
    return `{${this.start}${projectId}}:labels`;
  }

  times(projectId: string): string {
    return `{${this.start}${projectId}}:times`;
  }

  label(projectId: string, label: string): string {
    return `{${this.start}${projectId}}:log:${label}`;
  }

  collection(projectId: string, collection: string): readonly [documents: string, index: string, order: string] {
    const tag = `{${this.start}${projectId}}`;
    return [`${tag}:documents:${collection}`, `${tag}:index:${collection}`, `${tag}:order:${collection}`];
  }
}

const OF_A_PROJECT = /^[^{}]+\}:(?:checkpoint|times|log:.+|(?:documents|index|order):.+)$/s;

/** JSON: [archived, name, created, updated, status, text, tags], with what is sorted by in sortable form. The scripts read it by position. */
export function indexText({ name, created, updated, archived, status, text, tags }: IndexEntry): string {
  // Of every document of a rebuild, most of which have no tags and many no change since they were created.
  const labels = tags.length === 0 ? [] : Array.from(new Set(tags), sortable);
  const first = sortable(created);
  const last = updated === created ? first : sortable(updated);
  return JSON.stringify([archived ? '1' : '0', sortable(name), first, last, status ?? null, text, labels]);
}

/** A row's place among those that are sorted by the same. Places order by bytes as rows order by value, then id. */
export function placeText({ value, id }: RowKey): string {
  return `${sortable(value)}${END}${id}`;
}

export function rowKeyIn(place: string, by: 'name' | 'created' | 'updated'): RowKey {
  const end = place.indexOf(END);
  const value = place.slice(0, end);
  return { value: by === 'name' ? value.replaceAll('\0\u0001', '\0') : Number(value), id: place.slice(end + END.length) };
}

/** Sorts before anything that can follow a part: a NUL inside a value is written as NUL and 1. */
const END = '\0\0';
const DIGITS = 16;

/** Text whose bytes order as the values do. */
export function sortable(value: string | number): string {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\0\u0001') : value;
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${value} is no revision: what is sorted by is a whole number from 0`);
  return value.toString().padStart(DIGITS, '0');
}
