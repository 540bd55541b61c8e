import type { Recorded } from '../event-store/event-store';
import type { Ruleset } from '../evaluation/ruleset';
import { NoSuchProject } from './kept-project';
import type { Rulesets } from './rulesets';

/** Listeners above this number are not all notified in one moment: each of them will ask for its values anew. */
const SPREAD_FROM = 500;
const SPREAD_MS = 2_000;
const DIGEST_CHARACTERS = 16;

/** Names what a ruleset serves: the revision that last changed it, and the start of its digest. */
export function servingTag({ servingRevision, digest }: Pick<Ruleset, 'servingRevision' | 'digest'>): string {
  return `${servingRevision}-${digest.slice(0, DIGEST_CHARACTERS)}`;
}

/** The revision in a serving tag; undefined: it is none. */
export function revisionOfTag(tag: string): number | undefined {
  const [, revision] = /^(\d{1,15})-[0-9a-f]{1,64}$/.exec(tag) ?? [];
  return revision === undefined ? undefined : Number(revision);
}

interface Listener {
  /** What its values are from, as it was last notified. */
  tag: string;
  readonly notify: (tag: string) => void;
}

/** Tells listeners when what a project serves has changed. An observer of the projector, as the rulesets are. */
export class ServingChanges {
  private readonly projects = new Map<string, Set<Listener>>();
  private readonly looking = new Set<string>();

  constructor(
    private readonly rulesets: Pick<Rulesets, 'current'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** `tag`: what the listener's values are from. It is notified at once where that has changed since. Answers how to stop. */
  listen(projectId: string, tag: string, notify: (tag: string) => void): () => void {
    const listener: Listener = { tag, notify };
    const listeners = this.projects.get(projectId) ?? new Set();
    this.projects.set(projectId, listeners.add(listener));
    this.look(projectId);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.projects.get(projectId) === listeners) this.projects.delete(projectId);
    };
  }

  delivered(events: readonly Recorded[]): void {
    if (this.projects.size === 0) return;
    for (const projectId of new Set(events.map(({ event }) => event.projectId))) this.look(projectId);
  }

  projected(projectId: string): void {
    this.look(projectId);
  }

  restored(): void {
    for (const projectId of this.projects.keys()) this.look(projectId);
  }

  /** Once for all events that come in one turn of the event loop. */
  private look(projectId: string): void {
    if (!this.projects.has(projectId) || this.looking.has(projectId)) return;
    this.looking.add(projectId);
    setImmediate(() => {
      this.looking.delete(projectId);
      this.rulesets.current(projectId).then(
        (ruleset) => this.announce(projectId, servingTag(ruleset)),
        (error: unknown) => {
          if (!(error instanceof NoSuchProject)) this.onFailure(error);
        },
      );
    });
  }

  private announce(projectId: string, tag: string): void {
    const listeners = this.projects.get(projectId);
    if (listeners === undefined) return;
    const isSpread = listeners.size > SPREAD_FROM;
    for (const listener of listeners) {
      if (listener.tag === tag) continue;
      listener.tag = tag;
      const notify = (): void => {
        // A later change has its own notification.
        if (listener.tag === tag && listeners.has(listener)) listener.notify(tag);
      };
      if (isSpread) setTimeout(notify, Math.random() * SPREAD_MS).unref();
      else notify();
    }
  }
}
