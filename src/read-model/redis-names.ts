import { randomBytes } from 'node:crypto';
import { DEFAULT_PREFIX } from '../redis/address';
import { RedisKeys } from './redis-keys';

const ID = /^[0-9a-f]{12}$/;
/** The prefix of the id of a generation that was taken over where it is, under the names of the old form. */
const OLD = 'old-';

/** What is called what in a Redis that ledgers and other applications share. Names of the old form do not say whose they are. */
export class RedisNames {
  /** Says which generations the ledger has. */
  readonly registry: string;
  /** The registry of the old form, of whichever ledger. */
  readonly oldRegistry: string;
  private readonly start: string;
  private readonly oldStart: string;

  constructor(
    prefix: string,
    readonly ledgerId: string,
  ) {
    this.start = `${prefix}:${ledgerId}:`;
    this.oldStart = `${prefix === DEFAULT_PREFIX ? 'ledger' : prefix}:`;
    this.registry = `${this.start}generations`;
    this.oldRegistry = `${this.oldStart}generations`;
  }

  keysOf(generationId: string): RedisKeys {
    const isOld = generationId.startsWith(OLD);
    return new RedisKeys(isOld ? `${this.oldStart}${generationId.slice(OLD.length)}:` : `${this.start}${generationId}:`);
  }

  /** A pattern that matches all keys of one of the ledger's generations, or of all of them. It may match other keys too. */
  patternOf(generationId?: string): string {
    return generationId === undefined ? `*${this.start}*` : `*${this.keysOf(generationId).start}*`;
  }

  /** The generation that a key of this ledger is of; undefined: of none, or not ours. */
  generationIn(key: string): string | undefined {
    const bare = key.startsWith('{') ? key.slice(1) : key;
    if (!bare.startsWith(this.start)) return undefined;
    const id = bare.slice(this.start.length).split(':', 1)[0]!;
    return ID.test(id) && this.keysOf(id).has(key) ? id : undefined;
  }
}

export function newGenerationId(): string {
  return randomBytes(6).toString('hex');
}

/** The id under which a generation of the old form is taken over; undefined: no generation was ever called so. */
export function oldGenerationId(id: string): string | undefined {
  return ID.test(id) ? `${OLD}${id}` : undefined;
}

/** What the old registry calls a generation; undefined: it is not of the old form. */
export function idInOldRegistry(generationId: string): string | undefined {
  return generationId.startsWith(OLD) ? generationId.slice(OLD.length) : undefined;
}
