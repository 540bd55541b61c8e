import type { Checkpoint } from './read-model';
import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '../redis/connection';
import type { ResumePoint, ResumePoints, StreamSummary } from './generations';

/**
 * KEYS: the resume point, a hash. ARGV: who writes, 1 if what is stored is replaced, then fields and values in turns. Answers 0, and does nothing, if what
 * is stored was not written by the same.
 */
export const RESUME = String.raw`
if ARGV[2] == '1' then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'writer', ARGV[1])
elseif redis.call('HGET', KEYS[1], 'writer') ~= ARGV[1] then
  return 0
end
for at = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1`;

const PROJECT = 'project:';
/** A script holds the server for as long as it runs. */
const FIELDS_AT_ONCE = 5_000;

/** The resume point of one generation as one hash, so that a part of it cannot be lost. One without a position, whose writing was cut short, is none. */
export class RedisResumePoints implements ResumePoints {
  private readonly writer = randomUUID();

  /** The connection knows the script as `ledgerResume`. */
  constructor(
    private readonly connection: RedisConnection,
    private readonly key: string,
  ) {}

  async load(): Promise<ResumePoint | undefined> {
    // Whatever else came to be there is replaced by what is stored next.
    if ((await this.connection.read((client) => client.type(this.key))) !== 'hash') return undefined;
    const { position, kinds, ...fields } = await this.connection.read((client) => client.hgetall(this.key));
    if (position === undefined || kinds === undefined) return undefined;
    const projects = new Map<string, StreamSummary>();
    for (const [field, text] of Object.entries(fields)) {
      if (field.startsWith(PROJECT)) projects.set(field.slice(PROJECT.length), JSON.parse(text) as StreamSummary);
    }
    return { position, kinds: JSON.parse(kinds) as string[], projects };
  }

  async replace({ projects, ...rest }: ResumePoint): Promise<void> {
    const entries = [...projects];
    let isFirst = true;
    for (let at = 0; at < entries.length; at += FIELDS_AT_ONCE) {
      const some = new Map(entries.slice(at, at + FIELDS_AT_ONCE));
      if (!(await this.write(isFirst, fieldsOf(some)))) return;
      isFirst = false;
    }
    await this.write(isFirst, [...placeOf(rest)]);
  }

  async advance(change: ResumePoint): Promise<boolean> {
    return this.write(false, [...fieldsOf(change.projects), ...placeOf(change)]);
  }

  private async write(replaces: boolean, fields: readonly string[]): Promise<boolean> {
    return (await this.connection.run('ledgerResume', [this.key], [this.writer, replaces ? '1' : '0', ...fields])) === 1;
  }
}

function placeOf({ position, kinds }: Pick<ResumePoint, 'position' | 'kinds'>): readonly string[] {
  return ['kinds', JSON.stringify(kinds), 'position', position];
}

function fieldsOf(projects: ResumePoint['projects']): readonly string[] {
  return Array.from(projects).flatMap(([projectId, summary]) => [`${PROJECT}${projectId}`, JSON.stringify(summary)]);
}

/** The fields of the hash that is a project's checkpoint, as Redis answers them; null where there is none. */
export type CheckpointFields = readonly [revision: string | null, hash: string | null, occurredAt: string | null];

export const FIELDS = ['revision', 'hash', 'occurredAt'] as const;

/** What a script answers in place of a revision if a key that it reads is gone. */
export const DAMAGED = 'damaged';

/** undefined: there is none. */
export function checkpointIn([revision, hash, occurredAt]: CheckpointFields): Checkpoint | undefined {
  if (revision === null || hash === null) return undefined;
  return Object.freeze({ revision: Number(revision), hash, occurredAt: Number(occurredAt) });
}
