import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import type { Command } from '../../src/domain/command';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/event-store';
import { assertWhole, createKey, describeKey, Instance, archiveKey, restoreKey } from './instance';
import type { Wish } from './plain-shop';
import { ScriptedStore, type Fault } from './scripted-store';
import { assertSerial, type Asked } from './serial-order';

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const KEY_LIMIT = 3;

/** A wish as it is drawn: which flag is given up is known only when one has been made. */
type Drawn = Exclude<Wish, { kind: 'unuse' }> | { readonly kind: 'unuse'; readonly nth: number };

const key = fc.constantFrom(...KEYS);
const wish: fc.Arbitrary<Drawn> = fc.oneof(
  fc.record({ kind: fc.constantFrom('create' as const, 'archive' as const, 'restore' as const), key }),
  fc.record({ kind: fc.constant('describe' as const), key, text: fc.constantFrom('x', 'y', 'z') }),
  fc.record({ kind: fc.constant('use' as const), key, flag: fc.constantFrom('F', 'G') }),
  fc.record({ kind: fc.constant('unuse' as const), nth: fc.nat(20) }),
);
const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.constantFrom<Fault>('unavailable', 'lost after writing', 'lost before writing') },
);
const story = fc.record({
  instances: fc.integer({ min: 1, max: 3 }),
  /** What each client asks for: one burst after another, each all at once, so that many are decided while an append is under way. */
  clients: fc.array(fc.array(fc.array(wish, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 8,
  }),
  faults: fc.array(fault, { maxLength: 30 }),
  /** How many turns of the event loop each store call takes. */
  delays: fc.array(fc.nat(6), { minLength: 1, maxLength: 20 }),
  /** How many bytes one append may hold: few events, or many. */
  appendLimitBytes: fc.constantFrom(5_000, 1_000_000),
});

function commandFor(asked: Wish): Command {
  switch (asked.kind) {
    case 'create':
      return createKey(asked.key);
    case 'describe':
      return describeKey(asked.key, asked.text);
    case 'archive':
      return archiveKey(asked.key);
    case 'restore':
      return restoreKey(asked.key);
    case 'use':
      return { type: 'CreateFlag', name: asked.flag, key: asked.key };
    case 'unuse':
      return { type: 'ArchiveFlag', id: asked.flagId };
  }
}

async function play({
  instances: count,
  clients,
  faults,
  delays,
  appendLimitBytes,
}: typeof story extends fc.Arbitrary<infer T> ? T : never) {
  const store = new ScriptedStore({ appendLimitBytes });
  const instances = Array.from({ length: count }, () => new Instance(store, { limits: { keys: KEY_LIMIT }, commandTimeoutMs: 60_000 }));
  await instances[0]?.createProject();
  store.faults = [...faults];
  let calls = 0;
  const linger = async () => {
    for (let left = delays[(calls += 1) % delays.length] as number; left > 0; left -= 1) await turn();
  };
  store.beforeAppend = linger;
  store.beforeRead = linger;

  let tick = 0;
  const commands: Asked[] = [];
  const flags: string[] = [];
  const acknowledged: string[] = [];
  const ask = async (drawn: Drawn, client: number, id: string): Promise<void> => {
    const asked: Wish =
      drawn.kind === 'unuse'
        ? { kind: 'unuse', flagId: flags[drawn.nth % Math.max(1, flags.length)] ?? 'none' }
        : drawn.kind === 'use'
          ? { ...drawn, flag: `${drawn.flag} ${drawn.key}` }
          : drawn;
    const command: Asked = { commandId: `client-${client}-${id}`, wish: asked, called: (tick += 1) };
    commands.push(command);
    // A client that knows nothing, or that nothing was written, sends the same command again, perhaps elsewhere.
    for (let attempt = 0; command.answer === undefined; attempt += 1) {
      const instance = instances[(client + attempt) % count] as Instance;
      try {
        const outcome = await instance.submit(commandFor(asked), { commandId: command.commandId });
        command.answer = outcome.kind === 'done' ? 'done' : outcome.refusal.code;
        if (outcome.kind === 'done') {
          acknowledged.push(...outcome.events.map(({ id }) => id));
          if (asked.kind === 'use' && outcome.entity) flags.push(outcome.entity.id);
        }
      } catch (error) {
        if (!(error instanceof StoreUnavailable) && !(error instanceof OutcomeUnknown)) throw error;
      }
    }
    command.answered = tick += 1;
  };
  await Promise.all(
    clients.map(async (bursts, client) => {
      for (const [nth, burst] of bursts.entries()) await Promise.all(burst.map((drawn, index) => ask(drawn, client, `${nth}-${index}`)));
    }),
  );
  return { events: await store.stored(), commands, acknowledged };
}

test('whatever the interleaving and the faults: some serial order explains every answer, and the log is whole', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (drawn) => {
      const { events, commands, acknowledged } = await play(drawn);
      assertWhole(events);
      assertSerial(events, commands, KEY_LIMIT);
      const ids = events.map(({ id }) => id);
      for (const id of acknowledged) expect(ids).toContain(id);
      expect(new Set(acknowledged).size).toBe(acknowledged.length);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
});

describe('the judge of serial orders sees', () => {
  const whole = async () =>
    play({
      instances: 1,
      clients: [
        [[{ kind: 'create', key: 'a' }], [{ kind: 'archive', key: 'a' }], [{ kind: 'archive', key: 'b' }], [{ kind: 'restore', key: 'a' }]],
      ],
      faults: [],
      delays: [0],
      appendLimitBytes: 1_000_000,
    });

  test('nothing wrong with what is right', async () => {
    const { events, commands } = await whole();
    expect(() => assertSerial(events, commands, KEY_LIMIT)).not.toThrow();
  });

  test.each([
    ['an answer that never was true', { answer: 'IN_USE' }, 2, /never was so/],
    ['a refusal of what was written', { answer: 'NOT_FOUND' }, 1, /it is in the log/],
    ['an acknowledged event that is lost', { commandId: 'another' }, 0, /no one sent|never was so/],
    ['an event that stands after what came later', { called: 100, answered: 101 }, 1, /stands at/],
  ])('%s', async (_what, change, index, message) => {
    const { events, commands } = await whole();
    const twisted = commands.map((command, at) => (at === index ? { ...command, ...change } : command));
    expect(() => assertSerial(events, twisted, KEY_LIMIT)).toThrow(message);
  });
});
