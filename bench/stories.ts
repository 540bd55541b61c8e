import { GENESIS, headOf, seal, type Envelope } from '../src/domain/event';
import { MemoryEventStore } from '../src/event-store/memory';
import { Ledger } from '../test/fixtures/ledger';
import { createFlag, createKey, createSegment } from '../test/fixtures/shop';

/** A project's history of a kind, so many events long. */
export type Story = (length: number) => readonly Envelope[];

export const stories = {
  /** Some keys, segments and flags, then edits of them round and round: most events of a real project are edits. Many events make one document. */
  edits: (length) => {
    const ledger = Ledger.started();
    const flags: string[] = [];
    for (let at = 0; at < 20; at += 1) {
      createKey(ledger, `key_${at}`);
      createSegment(ledger, `Segment ${at}`);
      flags.push(createFlag(ledger, `Flag ${at}`, `key_${at}`));
    }
    for (let at = 0; ledger.events.length < length; at += 1) {
      if (at % 3 === 0) ledger.accept({ type: 'EditFlag', id: flags[at % 20]!, name: `Flag ${at % 20}, edition ${at}` });
      else ledger.accept({ type: 'EditKey', name: `key_${at % 20}`, defaultValue: at });
    }
    return ledger.events.slice(0, length);
  },
  /** Each event makes something new: as many documents as events, the most that an event can cost. */
  creations: (length) => {
    const ledger = Ledger.started({ keys: 1_000_000, segments: 1_000_000 });
    for (let at = 0; ledger.events.length < length; at += 1) {
      if (at % 2 === 0) createKey(ledger, `key_${at}`);
      else createSegment(ledger, `Segment ${at}`);
    }
    return ledger.events.slice(0, length);
  },
} as const satisfies Readonly<Record<string, Story>>;

/** The same story as each project's own history. */
export function replayed(events: readonly Envelope[], projectId: string): Envelope[] {
  let head = GENESIS;
  return events.map(
    ({ type, entity, data, schemaVersion, version, occurredAt, actor, commandId, commandHash, correlationId, causationId }) => {
      const its = entity.kind === 'project' ? { ...entity, id: projectId } : entity;
      const provenance = { actor, commandId, commandHash, correlationId, causationId };
      const event = seal({ type, entity: its, data }, { projectId, schemaVersion, version, now: occurredAt, ...provenance }, head);
      head = headOf(event);
      return event;
    },
  );
}

/** So many projects, each with the story as its history, which took turns at writing it. */
export async function storeOf(story: readonly Envelope[], projects: number, turn: number): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const histories = Array.from({ length: projects }, (_, at) => replayed(story, `p${at}`));
  for (let from = 0; from < story.length; from += turn) {
    for (const [at, events] of histories.entries()) await store.append(`p${at}`, from - 1, events.slice(from, from + turn));
  }
  return store;
}
