import { textOf, type Envelope } from '../domain/event';
import type { Link } from '../domain/link';

/** A place in the order of the whole store. Opaque outside the store and the projector; comparable only within one store. */
export type Position = string;

export interface Recorded {
  readonly position: Position;
  readonly event: Envelope;
  readonly link?: never;
}

/** An event that was found to be what its hash was made of, without its content. */
export interface RecordedLink {
  readonly position: Position;
  readonly link: Link;
  readonly event?: never;
}

/** What a subscription delivers: some events in order, and whether nothing was left to read when they were taken. */
export interface Chunk {
  readonly events: readonly Recorded[];
  readonly caughtUp: boolean;
  /** Records in projects' streams that no ledger wrote there. Absent: there are none. */
  readonly damaged?: readonly DamagedRecord[];
  /** Up to where the store has been read, where that is further than the last event: to go on from. */
  readonly position?: Position;
  /** About how many events follow, up to those that were there when the reading began. Absent: that is not known. */
  readonly left?: number;
}

export interface StreamHead {
  readonly projectId: string;
  readonly revision: number;
  readonly hash: string;
}

/** What was found up to a position. */
export interface KnownStreams {
  readonly position: Position;
  readonly heads: readonly StreamHead[];
  /** Projects in whose streams there is something that no ledger wrote. */
  readonly damaged: readonly string[];
}

/**
 * Where the ledger is kept: one stream per project, and one order over all of them.
 *
 * Events come back as they were written: no upcast, also of types this version does not know.
 */
export interface EventStore {
  /**
   * The id of this ledger, a random UUID: written once, then the same in every instance, after every restart, and in what is restored from a
   * backup. `copy` and `import` fill a ledger with an id of its own. It is asked of the store each time. Rejects with `StoreUnavailable`, also
   * where there is none yet: in a file of an earlier format that is only read.
   */
  ledgerId(): Promise<string>;
  /**
   * Adds the events after `expectedRevision` (-1: the stream must not exist yet), all or none, durably, before it resolves.
   * The identical append again (same ids at the same revisions) resolves and adds nothing, so it can be retried blindly.
   * Rejects with `RevisionConflict` when the stream has moved (nothing was written), with `StoreUnavailable` when it is
   * certain that nothing was written, with `OutcomeUnknown` when it may or may not have been, and with `AppendTooLarge`.
   *
   * Of one project, one append at a time: the next one is for when this one has been answered. A store compares revisions alone, so an append
   * sent behind one that fails could find the stream at the very revision it expects, brought there by others, and stand on what it does not know.
   */
  append(projectId: string, expectedRevision: number, events: readonly Envelope[]): Promise<void>;
  /**
   * The stream's events from `from` on (inclusive), up to those that are there now, and at most `limit` of them: what is beyond is not read.
   * An unknown stream is empty. Rejects with `StreamDeleted` if the stream was there and was deleted, and with `DamagedRecord` where a record is not
   * what a ledger wrote there, or is missing although later ones are there.
   */
  read(projectId: string, from?: number, limit?: number): AsyncIterable<Envelope>;
  /**
   * Whether the project's stream has nothing after the revision, at some moment after the call, by the word of a majority of the store's
   * nodes: what `read` shows may be the past of a leader that the others have replaced. Rejects with `StoreUnavailable` where no majority says so.
   * Absent: there is one node, and `read` shows what is there.
   */
  confirmEnd?(projectId: string, revision: number): Promise<boolean>;
  /**
   * All events after `after` (undefined: from the beginning) up to those that are there now, in the store's order. A record in a project's
   * stream that no ledger wrote is given to `onDamaged` in its turn, and passed over; without it the reading rejects with the `DamagedRecord`.
   */
  readAll(after?: Position, onDamaged?: (damaged: DamagedRecord) => void): AsyncIterable<Recorded>;
  /**
   * What `readAll` gives, in chunks and without contents: events are checked against their hashes by other threads, and only their links are given; an
   * event that differs from its hash comes whole. Absent: there is nothing quicker than `readAll`.
   */
  readLinks?(after?: Position, onDamaged?: (damaged: DamagedRecord) => void): AsyncIterable<readonly (Recorded | RecordedLink)[]>;
  /**
   * History after `after`, then what is appended, in the store's order, without a gap or a duplicate, until the signal aborts
   * or the iterator is returned. A chunk with `caughtUp` (perhaps empty) comes whenever the live end is reached.
   * Throws `StoreUnavailable` if the connection is lost: subscribe again after the last position handled.
   */
  subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<Chunk>;
  /** Every stream with a ledger's event in it, with the last one's revision and hash. */
  heads(): AsyncIterable<StreamHead>;
  /**
   * The position in a form that is recognised after a restart, since it names what is there. To read on from it in another store, or in one that was
   * restored from an older copy, rejects with `AheadOfStore`, unless all up to there is the same.
   */
  anchored(position: Position): Promise<Position>;
  /** Gives the store what was known of its streams at a position, so that it need not read them again to find out. Absent: it never does. */
  recall?(known: KnownStreams): void;
  /** Whether other programs keep their own streams there: one that holds no event of a ledger is theirs. */
  readonly isShared?: true;
  /** What is wrong with the store itself, apart from its events, in words. Absent where nothing but events can be asked of it. */
  irregularities?(): Promise<readonly string[]>;
  /** How many bytes of events one append may hold, as `sizeOf` counts them. */
  readonly appendLimitBytes: number;
  /**
   * A time, in UTC milliseconds, that the server's own clock has passed; undefined if it holds nothing yet. Absent where the store has no
   * clock but this machine's.
   */
  clockMs?(): Promise<number | undefined>;
  /** Waits for appends under way, then frees every resource. Appends after it are refused with `StoreUnavailable`. */
  close(): Promise<void>;
}

/** The stream has moved: read its tail, fold, decide again. */
export class RevisionConflict extends Error {
  constructor(
    readonly projectId: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`project ${projectId} is at revision ${actual}, not ${expected}`);
  }
}

/** The store cannot be reached or cannot write, and nothing was written by the call that failed. */
export class StoreUnavailable extends Error {}

/** A position is of another store, or this store was restored from an older copy than the one it is of: read it from the beginning. */
export class AheadOfStore extends Error {}

/** The store takes fewer bytes in one append than `appendLimitBytes` said, which says so from now on. Nothing was written: decide again. */
export class AppendTooLarge extends Error {
  constructor(
    readonly limitBytes: number,
    cause?: unknown,
    message = `the event store takes ${limitBytes} bytes in one append, and a ledger needs 1048576: raise MaxAppendSize in KurrentDB`,
  ) {
    super(message, { cause });
  }
}

/** The call may or may not have been carried out. */
export class OutcomeUnknown extends Error {}

/**
 * What is stored at a place is not what was appended there: the disk, or someone who is not a ledger, has written it. It is never passed
 * over, since that would hide it; `verify` says what it means.
 */
export class DamagedRecord extends Error {
  constructor(
    readonly projectId: string,
    readonly revision: number,
    readonly why: string,
    /** What is there instead, if it is an event. */
    readonly event?: Envelope,
  ) {
    super(`event ${revision} of project ${projectId}: ${why}`);
  }
}

/** An event is not shown where others that follow it are: it was deleted, or is hidden by what a tool that is not a ledger has set. */
export class HiddenRecord extends DamagedRecord {}

/**
 * The event that is stored at a place is one that a ledger wrote there, but what is around it is not: its text, or the columns beside it. Found only
 * where a store is opened to be audited, since programs other than a ledger may read that text otherwise.
 */
export class RewrittenText extends DamagedRecord {}

/** The project's stream was deleted in the event store, by a tool that is not a ledger. What was in it may be lost, and it must not begin anew. */
export class StreamDeleted extends DamagedRecord {
  constructor(projectId: string) {
    super(projectId, 0, 'the stream was deleted in the event store');
  }
}

/** The bytes an event takes in an append. */
export function sizeOf(event: Envelope): number {
  return Buffer.byteLength(textOf(event));
}

/**
 * What one append may hold by default: KurrentDB's 1 MiB, less 64 KiB for what a store adds to each event.
 * Every adapter has the same limit, so that a ledger can move from one to another.
 */
export const APPEND_LIMIT = 1024 * 1024 - 64 * 1024;

/** An append that is fit to be written: its events as the text that is kept. */
export interface Append {
  readonly projectId: string;
  readonly expectedRevision: number;
  readonly events: readonly Envelope[];
  readonly texts: readonly string[];
}

/**
 * Refuses an append that no state of the stream could accept. These are mistakes of the caller, not conflicts: trying again cannot
 * help, so they are plain errors. What is too large is `AppendTooLarge`: the limit may have become smaller since the caller asked. Whether the stream is at the expected revision is the store's to say, inside its transaction.
 */
export function prepare(projectId: string, expectedRevision: number, events: readonly Envelope[], limit: number): Append {
  if (!Number.isSafeInteger(expectedRevision) || expectedRevision < -1) {
    throw new Error(`an expected revision is an integer from -1 on, not ${expectedRevision}`);
  }
  if (events.length === 0) throw new Error(`an append to project ${projectId} needs at least one event`);
  events.forEach((event, index) => {
    const revision = expectedRevision + 1 + index;
    if (event.projectId !== projectId) throw new Error(`event ${event.id} is of project ${event.projectId}, not ${projectId}`);
    if (event.revision !== revision) throw new Error(`event ${event.id} has revision ${event.revision} where ${revision} is next`);
  });
  if (new Set(events.map((event) => event.id)).size < events.length) throw new Error(`two events of an append have the same id`);
  const texts = events.map(textOf);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > limit) {
    const help = events.length > 1 ? 'append fewer events at a time' : 'raise MaxAppendSize in KurrentDB';
    throw new AppendTooLarge(limit, undefined, `an append of ${bytes} bytes is above the limit of ${limit}: ${help}`);
  }
  return { projectId, expectedRevision, events, texts };
}
