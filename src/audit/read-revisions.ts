import { inParallel } from '../concurrency/limiter';
import type { Envelope } from '../domain/event';
import type { EventStore } from '../event-store/event-store';

/** Revisions no further apart than this are read in one go: what lies between them costs less than another question. */
const NEAR = 8;
const AT_ONCE = 8;

/** The read model reflects an event that the event store does not have: it lost its end, or was restored from before. */
export class EventMissing extends Error {}

/** The events of one project at these revisions, in the order of the revisions. */
export async function readRevisions(
  store: Pick<EventStore, 'read'>,
  projectId: string,
  revisions: readonly number[],
): Promise<readonly Envelope[]> {
  const found = new Map<number, Envelope>();
  const wanted = new Set(revisions);
  const runs = runsOf([...wanted].sort((a, b) => a - b));
  await inParallel(runs, AT_ONCE, async ([first, last]) => {
    for await (const event of store.read(projectId, first, last - first + 1))
      if (wanted.has(event.revision)) found.set(event.revision, event);
  });
  return revisions.map((revision) => {
    const event = found.get(revision);
    if (event) return event;
    throw new EventMissing(`the event store has no event ${revision} of project ${projectId}, which the read model reflects`);
  });
}

/** First and last of each run. */
function runsOf(ascending: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const revision of ascending) {
    const run = runs.at(-1);
    if (run && revision - run[1] <= NEAR) run[1] = revision;
    else runs.push([revision, revision]);
  }
  return runs;
}
