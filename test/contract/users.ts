import { Pepper, type UserKey } from '../../src/domain/user-key';
import { HOUR_MS } from '../../src/evaluation/counter';
import type { Assignment } from '../../src/evaluation/user-record';
import type { CountedEvent, Recording, UserStore } from '../../src/user-store/user-store';

export const pepper = new Pepper(Buffer.alloc(32, 7));
export const userOf = (name: string): UserKey => pepper.keyOf('shop', name);
export const START = Date.parse('2026-11-20T10:30:00Z');
export const DAY_MS = 24 * HOUR_MS;

export const assignment = (experiment: string, variant = 'a'): Assignment => ({ experiment, variant, assignedAt: START, revision: 3 });
export const event = (id: string, counters: readonly string[], over: Partial<CountedEvent> = {}): CountedEvent => ({
  id,
  at: START,
  receivedAt: START,
  counters,
  ...over,
});

/** Records events like the one who has appended them: again, where a user was forgotten since the store last heard of that. */
export async function record(store: UserStore, user: UserKey, events: readonly CountedEvent[], projectId = 'shop'): Promise<Recording> {
  const write = async (): Promise<Recording> => store.record(projectId, user, events, await store.erasures(projectId));
  const recorded = await write();
  return recorded === 'erased' ? write() : recorded;
}
