import type { Envelope } from '../domain/event';
import { UpgradeRequired, type Upcaster } from '../event-store/upcast';
import type { Checkpoint } from '../read-model/read-model';
import type { Failure } from './fold';

/** What this instance has heard of each project, what of it the read model shows, and which projects hold an event that it does not know. */
export class Frontier {
  private readonly heads = new Map<string, number>();
  private readonly shownTo = new Map<string, number>();
  private readonly unknown = new Map<string, Failure>();
  /** The end of what was there when this process began has been reached once: what comes from here on is news. */
  past = false;
  /** When the newest event that is shown occurred. */
  shownUntil: number | undefined;

  constructor(private readonly upcast: Upcaster) {}

  /** An event of the store, whoever projects it. */
  heard(event: Envelope): void {
    const { projectId, revision } = event;
    if (revision > (this.heads.get(projectId) ?? -1)) this.heads.set(projectId, revision);
    if (this.unknown.has(projectId)) return;
    try {
      this.upcast(event);
    } catch (error) {
      // Anything else is a fault of an upcast, met again when the event is projected.
      if (error instanceof UpgradeRequired) this.unknown.set(projectId, { event, error });
    }
  }

  shown(projectId: string, { revision, occurredAt }: Checkpoint): void {
    this.shownTo.set(projectId, revision);
    this.shownUntil = Math.max(this.shownUntil ?? 0, occurredAt);
  }

  /** The first event of the project that this instance does not know. It stays so until another version of the program is started. */
  foreignIn(projectId: string): Failure | undefined {
    return this.unknown.get(projectId);
  }

  /** Projects with such an event. */
  get foreign(): number {
    return this.unknown.size;
  }

  /** Events that have been heard of and are not shown. */
  get behind(): number {
    let events = 0;
    for (const [projectId, revision] of this.heads) events += Math.max(0, revision - (this.shownTo.get(projectId) ?? -1));
    return events;
  }
}
