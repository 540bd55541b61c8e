import fc from 'fast-check';
import { neverBackwards } from '../../src/clocks';
import { Pepper } from '../../src/domain/user-key';
import { counterOf } from '../../src/evaluation/counter';
import { MemoryObservations } from '../../src/observations/memory';
import { Evaluator } from '../../src/serving/evaluator';
import { EventIntake } from '../../src/serving/event-intake';
import { ExposureIntake } from '../../src/serving/exposure-intake';
import { Exposures } from '../../src/serving/exposures';
import { forgetting } from '../../src/serving/known-users';
import { ProjectCounters } from '../../src/serving/project-counters';
import type { Rulesets } from '../../src/serving/rulesets';
import { MemoryUserStore } from '../../src/user-store/memory';
import { rulesetOf } from '../evaluation/played';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey } from '../fixtures/shop';

/* What a user does while they are forgotten, in every order of the steps of both stores. */

const COUNTER = counterOf({ event: 'Purchase', window: { ever: true } });
const pepper = new Pepper(Buffer.alloc(32, 7));
const ann = pepper.keyOf('shop', 'ann');
const ledger = Ledger.started();
createKey(ledger, 'crust');
const running = createExperiment(ledger, 'Running', ['crust']);
ledger.accept({ type: 'StartExperiment', id: running });
const ruleset = rulesetOf(ledger);
const rulesets = { current: async () => ruleset, atHand: () => ruleset, at: async () => undefined, confirmed: async () => ruleset };

const later = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await undefined;
};

const unexpected = (...args: unknown[]): never => {
  throw new Error(`no store is away: ${String(args[0])}`);
};

/** A store each of whose calls is carried out some turns after it was made, and answered some turns after that. */
function slowed<Store extends object>(store: Store, turns: () => number): Store {
  return new Proxy(store, {
    get: (_, name) => {
      const call = (store as Record<string | symbol, (...args: unknown[]) => unknown>)[name]!.bind(store);
      if (name === 'eventsOf') return call;
      return async (...args: unknown[]) => {
        await later(turns());
        const answer = await call(...args);
        await later(turns());
        return answer;
      };
    },
  });
}

function opened(draw: () => number) {
  let now = 1_000_000;
  const clock = neverBackwards(() => (now += draw() % 2));
  const [users, observations] = [new MemoryUserStore(clock), new MemoryObservations(clock)];
  const slow = { users: slowed(users, draw), observations: slowed(observations, draw) };
  const exposures = new Exposures({ observations: slow.observations, onFailure: unexpected });
  const evaluator = new Evaluator({
    ...{ rulesets: rulesets as unknown as Rulesets, users: slow.users, pepper, exposures, clock },
    tallies: { note: unexpected },
    onUnavailable: unexpected,
  });
  const counters = new ProjectCounters('shop', { ...slow, clock, fillDelayMs: 0, shareDelayMs: 0 });
  const late = { count: async () => undefined };
  const after = { after: (_: string, receivedAt: number) => counters.after(receivedAt) };
  const intake = new EventIntake({ ...slow, rulesets, counters: after, late, pepper, clock, lateDays: 7 });
  const shown = new ExposureIntake({ ...slow, rulesets, exposures, pepper, clock, lateDays: 7 });
  const forget = forgetting({ ...slow, evaluator, exposures, othersMs: 0 });
  const wait = (ms: number): void => void (now += ms);
  return { users, observations, exposures, evaluator, counters, intake, shown, forget, wait };
}

/** From when it was asked for to when it was answered. */
interface Span {
  readonly began: number;
  readonly ended: number;
}

type Step = 'send' | 'again' | 'serve' | 'show' | 'flush' | 'forget' | 'want' | 'drop' | 'fill';
const STEPS: readonly Step[] = ['send', 'send', 'again', 'serve', 'serve', 'show', 'flush', 'forget', 'forget', 'want', 'drop', 'fill'];

test('U4: nothing from before a forget is left, and what comes meanwhile or after is whole in both stores, or in neither', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...STEPS), { minLength: 5, maxLength: 20 }),
      fc.nat(4),
      fc.array(fc.nat(9), { minLength: 1, maxLength: 60 }),
      async (steps, gap, drawable) => {
        let drawn = 0;
        const draw = (): number => drawable[(drawn += 1) % drawable.length]!;
        const { users, observations, exposures, evaluator, counters, intake, shown, forget, wait } = opened(draw);
        const sent = new Map<string, Span[]>();
        const [forgotten, served, underWay]: [Span[], Span[], Promise<unknown>[]] = [[], [], []];
        let ticks = 0;
        const during = (spans: Span[], work: () => Promise<unknown>): void => {
          const began = (ticks += 1);
          underWay.push(work().then(() => spans.push({ began, ended: (ticks += 1) })));
        };
        const send = (id: string): void => {
          sent.set(id, sent.get(id) ?? []);
          during(sent.get(id)!, () => intake.take('shop', { events: [{ user: 'ann', event: 'Purchase', id }] }));
        };
        counters.want([COUNTER]);
        for (const step of steps) {
          await later(draw() * gap);
          if (step === 'send') send(`${sent.size}`);
          else if (step === 'again') send('0');
          else if (step === 'serve')
            during(served, async () => evaluator.one('shop', 'crust', { userId: 'ann', properties: {}, isPreview: false }));
          else if (step === 'show') underWay.push(shown.take('shop', { exposures: [{ user: 'ann', key: 'crust' }] }));
          else if (step === 'flush') underWay.push(exposures.flush());
          else if (step === 'forget') during(forgotten, () => forget('shop', ann));
          else if (step === 'want') counters.want([COUNTER]);
          else if (step === 'drop') counters.want([]);
          else underWay.push(counters.store().then(() => counters.fill()));
        }
        await Promise.all(underWay);
        await exposures.flush();
        counters.want([COUNTER]);
        await counters.store();
        wait(1_000);
        for (let tries = 0; tries < 3; tries += 1) await counters.fill();

        const stored = { events: 0, exposures: [] as { readonly at: number }[] };
        const ids = new Set<string>();
        for await (const one of observations.known('shop', ann)) {
          if (one.kind === 'exposure') stored.exposures.push(one);
          else stored.events += 1;
        }
        for (const id of sent.keys()) {
          const probe = { kind: 'event', user: ann, id, event: 'Probe', properties: {}, content: '' } as const;
          if ((await observations.append('shop', [probe]))[0]!.outcome === 'conflict') ids.add(id);
        }
        const { counters: counted, assignments } = await users.load('shop', ann);
        expect(counted.get(COUNTER.id)?.cells.reduce((sum, { count }) => sum + count, 0) ?? 0).toBe(stored.events);
        expect(ids.size).toBe(stored.events);
        const lastEnd = Math.max(0, ...forgotten.map(({ ended }) => ended));
        const lastBegin = Math.max(0, ...forgotten.map(({ began }) => began));
        for (const [id, spans] of sent) {
          if (spans.some(({ began }) => began > lastEnd)) expect(ids).toContain(id);
          if (spans.every(({ ended }) => ended < lastBegin)) expect(ids).not.toContain(id);
        }
        for (const { at } of stored.exposures) expect(assignments[0]?.assignedAt).toBeLessThanOrEqual(at);
        if (served.some(({ began }) => began > lastEnd)) expect([assignments.length, stored.exposures.length > 0]).toEqual([1, true]);
        if (served.every(({ ended }) => ended < lastBegin)) expect(assignments).toEqual([]);
      },
    ),
    { numRuns: 120, endOnFailure: true },
  );
});
