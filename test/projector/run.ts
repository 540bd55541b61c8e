import type { Envelope } from '../../src/domain/event';
import { createMemoryReadModel } from '../../src/read-model/memory';
import type { ReadModel } from '../../src/read-model/read-model';
import { backOff } from '../../src/concurrency/timers';
import type { ProjectorOptions } from '../../src/projector/status';
import { Projector } from '../../src/projector/projector';
import type { Reached } from '../../src/projector/waiting';
import { replay } from '../../src/projector/replay';
import { dump } from '../fixtures/dump';
import { COLLECTIONS, projectRevisions, keys } from './revision-lists';

export const PROJECTIONS = [keys, projectRevisions];
export const plain = (event: Envelope): Envelope => event;

const running: Projector[] = [];

export interface Entry {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

/** A projector with what most tests want, which tries again 32 times as soon as a real one would, and its log. */
export function project(options: Pick<ProjectorOptions, 'store'> & Partial<ProjectorOptions>): {
  projector: Projector;
  readModel: ReadModel;
  logged: Entry[];
} {
  const logged: Entry[] = [];
  const log = (level: Entry['level']) => (_fields: object, message: string) => void logged.push({ level, message });
  const readModel = options.readModel ?? createMemoryReadModel();
  const projector = new Projector({
    projections: PROJECTIONS,
    upcast: plain,
    backOff: (attempt, range, signal) => backOff(attempt - 5, range, signal),
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    ...options,
    readModel,
  });
  running.push(projector);
  return { projector, readModel, logged };
}

/** To be called after each test. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((projector) => projector.stop()));
}

/** What a fresh replay of the project's events gives. */
export async function replayed(projectId: string, events: readonly Envelope[]): Promise<string> {
  const readModel = createMemoryReadModel();
  await replay({ events: events.filter((event) => event.projectId === projectId), readModel, projections: PROJECTIONS, upcast: plain });
  return dump(readModel, projectId, COLLECTIONS);
}

/** As `reached`, for who goes on asking: while the read model is away, no one is kept waiting for long. */
export async function reachedWithin(projector: Projector, projectId: string, revision: number, milliseconds: number): Promise<Reached> {
  for (const deadline = performance.now() + milliseconds; ;) {
    const left = deadline - performance.now();
    const reached = await projector.reached(projectId, revision, Math.max(0, left));
    if (reached !== 'timeout' || left <= 0) return reached;
  }
}

/** The revisions that a key's document has lived through. */
export async function lived(readModel: Pick<ReadModel, 'get'>, projectId: string, collection = 'revisions', id = 'all'): Promise<unknown> {
  const [document] = await readModel.get(projectId, collection, [id]);
  return document?.revisions;
}
