import { setImmediate as turn } from 'node:timers/promises';
import { Limiter } from '../concurrency/limiter';
import type { Cursor } from '../domain/cursor';
import { EMPTY_PROJECT, evolve } from '../domain/decider';
import type { Envelope } from '../domain/event';
import type { ProjectState } from '../domain/project-state';
import { foldName } from '../domain/text';
import type { EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { Checkpoint, LogQuery, ReadModel } from '../read-model/read-model';
import { entryOf, type HistoryEntry } from './entry';
import { assertExists, isAfter, revisionOf, tooEarly, type HistoryPoint } from './history-point';
import { readRevisions } from './read-revisions';

export interface HistoryOptions {
  readonly store: Pick<EventStore, 'read'>;
  readonly readModel: Pick<ReadModel, 'log'>;
  readonly upcast: Upcaster;
}

export interface HistoryQuery extends LogQuery {
  /** Folded (`foldName`): an entry is found if its sentence, its reason, or the name of what it is about has it. */
  readonly text?: string;
  /** Only what this command caused. Looked for as a text is. */
  readonly commandId?: string;
}

export interface HistoryPage {
  /** In the order asked for. */
  readonly entries: readonly HistoryEntry[];
  /** Whether more may follow these. */
  readonly more: boolean;
  /** The search ended here because it had read as many events as one request may. The next request goes on after this cursor. */
  readonly stoppedAt?: Cursor;
  /** How many there are, apart from `after`, `before` and `limit`; undefined if to count them would be to look at each. */
  readonly total?: number;
  /** undefined: there is no such project. */
  readonly checkpoint: Checkpoint | undefined;
}

/** Each reads a history from its beginning. */
const statesAtOnce = new Limiter({ atOnce: 2, waiting: 500 });
/** Events that are folded before others have a turn. */
const FOLDED_PER_TURN = 500;

/** How many events a search reads in one request, and how many of them at a time. */
const LOOKED_AT = 2_000;
const SEARCHED = 200;
/** How many events around one are read first to see what its command wrote, and how many of them count at most, to either side. */
const NEAR = 8;
export const COMMAND_EVENTS = 2_000;
/** The most calls of the log for one page. */
const CALLS = 20;

/**
 * Who changed what in a project, when and why. The read model says which revisions are meant, and the event store is asked for those alone: so
 * a page costs the page, not the history, and there is no second place that keeps what was done.
 */
export class History {
  constructor(private readonly options: HistoryOptions) {}

  /** The same history as far as another read model reflects it. */
  over(readModel: HistoryOptions['readModel']): History {
    return new History({ ...this.options, readModel });
  }

  /** The event, as it is stored; undefined: the history does not go so far. */
  async event(projectId: string, revision: number): Promise<Envelope | undefined> {
    for await (const event of this.options.store.read(projectId, revision, 1)) return event;
    return undefined;
  }

  /**
   * The events of the command that wrote the event at this revision, in order: at most so many before it, and as many after it. None: the history does
   * not go so far.
   */
  async commandAt(projectId: string, revision: number, most = COMMAND_EVENTS): Promise<readonly Envelope[]> {
    const from = Math.max(0, revision - NEAR);
    const near = await this.read(projectId, from, revision - from + 1 + NEAR);
    const at = near.findIndex((event) => event.revision === revision);
    const wrote = near[at];
    if (wrote === undefined) return [];
    const isOther = ({ commandId, actor }: Envelope): boolean => commandId !== wrote.commandId || actor.id !== wrote.actor.id;
    const before = near.slice(0, at);
    const after = near.slice(at + 1);
    // Most commands write a few events: only what reaches beyond these is read further.
    while (before.length > 0 && before.length < most && before[0]!.revision > 0 && !before.some(isOther)) {
      const first = before[0]!.revision;
      const start = Math.max(0, first - SEARCHED);
      before.unshift(...(await this.read(projectId, start, first - start)));
    }
    for (let more = after.length === NEAR; more && after.length < most && !after.some(isOther);) {
      const next = await this.read(projectId, after.at(-1)!.revision + 1, SEARCHED);
      after.push(...next);
      more = next.length === SEARCHED;
    }
    const end = after.findIndex(isOther);
    return [...before.slice(before.findLastIndex(isOther) + 1), wrote, ...(end < 0 ? after : after.slice(0, end))];
  }

  private async read(projectId: string, from: number, limit: number): Promise<Envelope[]> {
    const events: Envelope[] = [];
    for await (const event of this.options.store.read(projectId, from, limit)) events.push(event);
    return events;
  }

  /**
   * The events up to a point, from the first one on, as they are stored; none if there is no such project. Throws `NoSuchPoint`, at the latest in place
   * of the end.
   */
  async *upTo(projectId: string, point: HistoryPoint): AsyncGenerator<Envelope> {
    const revision = revisionOf(point);
    let last: Envelope | undefined;
    for await (const event of this.options.store.read(projectId, 0, revision === undefined ? undefined : revision + 1)) {
      if (isAfter(point, event)) {
        if (last === undefined) throw tooEarly(projectId, event);
        break;
      }
      yield event;
      last = event;
    }
    if (last !== undefined) assertExists(point, projectId, last);
  }

  /**
   * What the project was at a point, as commands are decided on it; undefined: there is no such project. Rejects with `NoSuchPoint`, with `TooManyWaiting`
   * when too many ask at once, with `UpgradeRequired` at an event that this version does not know, and with what the event store rejects with.
   */
  async stateAt(projectId: string, point: HistoryPoint): Promise<ProjectState | undefined> {
    return statesAtOnce.run(async () => {
      let state = EMPTY_PROJECT;
      for await (const stored of this.upTo(projectId, point)) {
        const { revision, hash, occurredAt } = stored;
        const event = this.options.upcast(stored);
        // A retired type changes nothing, but it is a link of the chain.
        state = event === undefined ? { ...state, head: { revision, hash, occurredAt } } : evolve(state, event);
        if (revision % FOLDED_PER_TURN === FOLDED_PER_TURN - 1) await turn();
      }
      return state.project === undefined ? undefined : state;
    });
  }

  async page(projectId: string, query: HistoryQuery): Promise<HistoryPage> {
    const { store, readModel, upcast } = this.options;
    const { limit, newestFirst } = query;
    const isSought = soughtBy(query);
    const entries: HistoryEntry[] = [];
    let bounds: Pick<LogQuery, 'after' | 'before'> = {};
    for (let calls = 1, looked = 0; ; calls++) {
      const wanted = isSought === undefined ? limit - entries.length : Math.min(SEARCHED, LOOKED_AT - looked);
      const found = await readModel.log(projectId, { ...query, ...bounds, limit: wanted });
      const events = await readRevisions(store, projectId, found.revisions);
      const matching = events.map((event) => entryOf(event, upcast)).filter((entry) => isSought?.(entry) ?? true);
      entries.push(...matching);
      looked += events.length;
      const { checkpoint, total, more } = found;
      const page = { entries: entries.slice(0, limit), checkpoint, ...(isSought === undefined && total !== undefined ? { total } : {}) };
      if (entries.length >= limit || !more) return { ...page, more: more || entries.length > limit };
      const stoppedAt = found.stoppedAt ?? found.revisions.at(-1);
      if (stoppedAt === undefined) throw new Error(`the log of project ${projectId} neither found anything nor came to an end`);
      if (calls === CALLS || looked >= LOOKED_AT) return { ...page, more, stoppedAt: await this.cursorAt(projectId, stoppedAt) };
      bounds = newestFirst ? { before: stoppedAt } : { after: stoppedAt };
      // A store in this process waits for nothing: without this, no one else would have a turn meanwhile.
      await turn();
    }
  }

  private async cursorAt(projectId: string, revision: number): Promise<Cursor> {
    const [event] = await readRevisions(this.options.store, projectId, [revision]);
    return { projectId, revision, mark: event!.hash.slice(0, 16) };
  }
}

/** What no index says, so that events must be looked at; undefined: nothing is sought. */
export function soughtBy({ text, commandId }: HistoryQuery): ((entry: HistoryEntry) => boolean) | undefined {
  if (text === undefined && commandId === undefined) return undefined;
  return (entry) =>
    (commandId === undefined || entry.event.commandId === commandId) && (text === undefined || textOf(entry).includes(text));
}

function textOf({ event, sentence }: HistoryEntry): string {
  return foldName(`${sentence}\n${event.reason ?? ''}\n${event.entity.name}`);
}
