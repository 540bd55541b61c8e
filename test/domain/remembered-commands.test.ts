import type { Envelope } from '../../src/domain/event';
import { NONE_REMEMBERED, recall, remember, REMEMBERED_REVISIONS } from '../../src/domain/remembered-commands';

/** Enough for each half of the memory to be replaced more than once. */
const EVENTS = 3.5 * REMEMBERED_REVISIONS;
/** Every command has three events, one after another, so that some are on both sides of where a half begins. */
const commandOf = (revision: number): string => `c${Math.floor(revision / 3)}`;
const eventAt = (revision: number): Envelope =>
  ({
    actor: { id: `actor${revision % 9 < 3 ? 1 : 2}`, kind: 'user' },
    commandId: commandOf(revision),
    commandHash: 'input',
    revision,
    hash: `hash ${revision}`,
    entity: { kind: 'key', id: `key${revision}`, name: `key${revision}` },
  }) as unknown as Envelope;

test('A1 exactly the commands of the last 10,000 revisions are remembered, at every length of a history', () => {
  let commands = NONE_REMEMBERED;
  for (let revision = 0; revision < EVENTS; revision += 1) {
    commands = remember(commands, eventAt(revision));
    if (revision % 499 !== 0) continue;
    const head = { revision, hash: '', occurredAt: 0 };
    const oldest = revision - REMEMBERED_REVISIONS + 1;
    for (const at of [0, oldest - 4, oldest - 3, oldest - 1, oldest, oldest + 1, oldest + 3, revision - 5_000, revision - 3, revision]) {
      if (at < 0) continue;
      const last = Math.min(at - (at % 3) + 2, revision);
      const { actor } = eventAt(at);
      const found = recall({ commands, head }, actor.id, commandOf(at), 'input');
      const first = at - (at % 3);
      expect(found).toEqual(
        last < oldest ? undefined : { commandHash: 'input', entity: eventAt(first).entity, revision: last, hash: `hash ${last}` },
      );
      expect(recall({ commands, head }, 'actor3', commandOf(at), 'input')).toBeUndefined();
    }
  }
  expect(commands.newer.size + commands.older.size).toBeLessThanOrEqual(2 * REMEMBERED_REVISIONS);
});
