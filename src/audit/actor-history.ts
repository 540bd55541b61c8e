import type { Actor } from '../domain/event';
import { label } from '../domain/label';
import type { HistoryEntry } from './entry';
import type { HistoryPage, HistoryQuery } from './history';

/** A place in the history of one actor over several projects: newest first, at one time by project, and in a project by revision. */
export interface ActorPlace {
  /** UTC milliseconds. */
  readonly time: number;
  readonly projectId: string;
  readonly revision: number;
}

/** A project in which the actor did something. */
export interface ActedIn {
  readonly projectId: string;
  /** When the actor last did. */
  readonly lastAt: number;
}

export interface ActorHistoryQuery {
  readonly actor: Actor;
  readonly projects: readonly ActedIn[];
  /** Only from this time on, and before that one: UTC milliseconds. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only what comes after this place. */
  readonly after?: ActorPlace | undefined;
  readonly limit: number;
}

export interface ActorHistoryPage {
  readonly entries: readonly HistoryEntry[];
  readonly more: boolean;
}

/** About how many events are read for one page, over all projects. */
const READ = 2_000;

/** Reads a page of one project's history. */
type ReadPage = (projectId: string, query: HistoryQuery) => Promise<Pick<HistoryPage, 'entries' | 'more'>>;

/**
 * What one actor did in all of these projects, the newest first. Each project is read a few entries at a time, and only when no other can have a newer
 * one, so that a page costs about as many events however long the histories are.
 */
export async function historyOfActor(readPage: ReadPage, query: ActorHistoryQuery): Promise<ActorHistoryPage> {
  const { projects, limit } = query;
  const atOnce = Math.max(1, Math.min(limit + 1, Math.ceil(READ / Math.max(1, projects.length))));
  const sources = projects.map((project) => new Source(project, query, atOnce)).filter((source) => source.mayHaveMore());
  const entries: HistoryEntry[] = [];
  for (;;) {
    const first = sources.reduce<Source | undefined>((best, source) => (best?.isBefore(source) === true ? best : source), undefined);
    if (first === undefined) return { entries, more: false };
    const entry = first.take();
    if (entry === undefined) await first.fill(readPage);
    else if (entries.length === limit) return { entries, more: true };
    else entries.push(entry);
    if (!first.mayHaveMore()) sources.splice(sources.indexOf(first), 1);
  }
}

/** One project's part of it. */
class Source {
  private readonly query: HistoryQuery;
  private read: HistoryEntry[] = [];
  private before: number | undefined;
  private hasMore = true;

  constructor(
    private readonly project: ActedIn,
    { actor, since, until = Number.POSITIVE_INFINITY, after }: ActorHistoryQuery,
    limit: number,
  ) {
    const { projectId, lastAt } = project;
    let end = until;
    if (after !== undefined && after.projectId === projectId) this.before = after.revision;
    // Of one time, what is in a project before that of the place came already.
    else if (after !== undefined) end = Math.min(end, projectId < after.projectId ? after.time : after.time + 1);
    if (since !== undefined && lastAt < since) this.hasMore = false;
    this.query = {
      having: [[label.actor(actor)]],
      newestFirst: true,
      limit,
      ...(since === undefined ? {} : { since }),
      ...(Number.isFinite(end) ? { until: end } : {}),
    };
    this.newest = Math.min(lastAt, end - 1, after?.projectId === projectId ? after.time : Number.POSITIVE_INFINITY);
  }

  /** No entry that has not been read yet is newer than this, in UTC milliseconds. */
  private newest: number;

  mayHaveMore(): boolean {
    return this.hasMore || this.read.length > 0;
  }

  isBefore(other: Source): boolean {
    if (this.newest !== other.newest) return this.newest > other.newest;
    return this.project.projectId < other.project.projectId;
  }

  /** undefined: it must be filled first. */
  take(): HistoryEntry | undefined {
    const entry = this.read.shift();
    this.newest = this.read[0]?.event.occurredAt ?? entry?.event.occurredAt ?? this.newest;
    return entry;
  }

  async fill(readPage: ReadPage): Promise<void> {
    const { entries, more } = await readPage(this.project.projectId, {
      ...this.query,
      ...(this.before === undefined ? {} : { before: this.before }),
    });
    this.read = [...entries];
    this.before = entries.at(-1)?.event.revision ?? this.before;
    this.hasMore = more && entries.length > 0;
    this.newest = entries[0]?.event.occurredAt ?? this.newest;
  }
}
