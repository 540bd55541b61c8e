import { GENESIS, headOf, seal, type EntityRef, type Envelope } from '../src/domain/event';
import type { Json } from '../src/domain/json';

/** How many things the project has: an entity's history is then about one in 600 of all events. */
const KEYS = 400;
const SEGMENTS = 200;
const ACTORS = 25;
const MINUTE = 60_000;

interface Thing {
  readonly kind: 'key' | 'segment';
  readonly id: string;
  name: string;
  value: number;
  version: number;
}

/**
 * A long history of one project, sealed as the ledger would, one event a minute: everything is created, then edited round and round, in an order
 * that looks random and is always the same. It makes no decisions, which is what makes it fast.
 */
export function* chronicle(projectId: string, count: number): Generator<Envelope> {
  let head = GENESIS;
  const say = (type: string, entity: EntityRef, version: number, data: { readonly [name: string]: Json }): Envelope => {
    const revision = head.revision + 1;
    const commandId = `c${revision}`;
    const event = seal(
      { type, entity, data },
      {
        projectId,
        schemaVersion: 1,
        version,
        now: Date.UTC(2020, 0, 1) + revision * MINUTE,
        actor: { id: `u${(revision * 7) % ACTORS}`, kind: 'user' },
        commandId,
        commandHash: '0'.repeat(64),
        correlationId: commandId,
        causationId: commandId,
        ...(revision % 3 === 0 ? { reason: `Ticket ${revision % 1_000}` } : {}),
      },
      head,
    );
    head = headOf(event);
    return event;
  };
  yield say('ProjectCreated', { kind: 'project', id: projectId, name: 'Bench' }, 1, { description: '' });
  const things: Thing[] = [];
  for (let at = 0; at < KEYS; at += 1) {
    things.push({ kind: 'key', id: `key_${at}`, name: `key_${at}`, value: 0, version: 1 });
    yield say('KeyCreated', ref(things.at(-1)!), 1, { type: 'NUMBER', defaultValue: 0, description: '' });
  }
  for (let at = 0; at < SEGMENTS; at += 1) {
    things.push({ kind: 'segment', id: `segment-${at}`, name: `Segment ${at}`, value: 0, version: 1 });
    yield say('SegmentCreated', ref(things.at(-1)!), 1, { description: '', rule: aged(0) });
  }
  for (let seed = 1; head.revision + 1 < count;) {
    seed = (seed * 48_271) % 2_147_483_647;
    const thing = things[seed % things.length]!;
    const [from, to] = [thing.value, (thing.value += 1)];
    thing.version += 1;
    if (thing.kind === 'key') yield say('KeyDefaultChanged', ref(thing), thing.version, { from, to });
    else yield say('SegmentRuleChanged', ref(thing), thing.version, { from: aged(from), to: aged(to) });
  }
}

const ref = ({ kind, id, name }: Thing): EntityRef => ({ kind, id, name });

/** A rule of some size, of which one leaf moves. */
const aged = (age: number): Json => ({
  all: [
    { property: { name: 'geo.country', operator: 'IN', values: ['NO', 'SE', 'DK', 'FI'] } },
    {
      any: [
        { property: { name: 'user.age', operator: 'AT_LEAST', value: age } },
        { property: { name: 'user.vip', operator: 'EQUALS', value: true } },
      ],
    },
    { did: { event: 'Purchase', count: { atLeast: 3 }, window: { lastDays: 30 } } },
  ],
});

/** The id of one of the keys, another for every number. */
export function someKey(number: number): string {
  return `key_${(number * 37) % KEYS}`;
}
