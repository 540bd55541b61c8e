import { GENESIS, headOf, seal, type Envelope, type Head } from '../../src/domain/event';

/** Writes a project's events one after another, as the ledger would: numbered, dated and chained. */
export class Chain {
  readonly events: Envelope[] = [];

  constructor(readonly projectId: string) {}

  get head(): Head {
    const last = this.events.at(-1);
    return last ? headOf(last) : GENESIS;
  }

  add(type: string, key: string, data: object = {}): Envelope {
    const revision = this.head.revision + 1;
    const event = seal(
      { type, entity: { kind: 'key', id: key, name: key }, data },
      {
        projectId: this.projectId,
        schemaVersion: 1,
        version: this.events.filter((earlier) => earlier.entity.id === key).length + 1,
        now: 1_000 + revision,
        actor: { id: 'ada', kind: 'user' },
        commandId: `${this.projectId}-${revision}`,
        commandHash: '0'.repeat(64),
        correlationId: 'c',
        causationId: 'c',
      },
      this.head,
    );
    this.events.push(event);
    return event;
  }
}

/** `count` events that go round the keys a, b and c. */
export function chain(projectId: string, count: number): Chain {
  const made = new Chain(projectId);
  for (let at = 0; at < count; at++) made.add('Noted', 'abc'.charAt(at % 3), { amount: at });
  return made;
}
