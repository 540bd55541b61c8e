import fc from 'fast-check';
import { LEASE_TTL_MS } from '../../src/coordination/lease';
import { MemoryLeases } from '../../src/coordination/memory-leases';
import { Pepper, type UserKey } from '../../src/domain/user-key';
import { counterOf } from '../../src/evaluation/counter';
import { MemoryObservations } from '../../src/observations/memory';
import type { Observations } from '../../src/observations/observations';
import { forgetting } from '../../src/serving/known-users';
import { neverBackwards } from '../../src/clocks';
import { EventIntake } from '../../src/serving/event-intake';
import { ProjectCounters } from '../../src/serving/project-counters';
import { MemoryUserStore } from '../../src/user-store/memory';
import { UserStoreUnavailable, type UserStore } from '../../src/user-store/user-store';

const COUNTER = counterOf({ event: 'Purchase', window: { ever: true } });
const MAX_TIMES_AWAY = 20;
const pepper = new Pepper(Buffer.alloc(32, 7));
const later = (turns: number): Promise<void> => (turns === 0 ? Promise.resolve() : Promise.resolve().then(() => later(turns - 1)));

/** The steps of a store happen so many turns after they were asked for, and every so often the user store is away. */
function scheduled(users: UserStore, observations: Observations, turns: () => number, isAway: () => boolean) {
  const wait = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      await later(turns());
      const result = await call(...args);
      await later(turns());
      return result;
    };
  };
  return {
    append: wait(observations.append.bind(observations)),
    record: wait(async (...args: Parameters<UserStore['record']>) => {
      if (isAway()) throw new UserStoreUnavailable('away');
      return users.record(...args);
    }),
    counters: wait(users.counters.bind(users)),
    keepCounter: wait(users.keepCounter.bind(users)),
    dropCounter: wait(users.dropCounter.bind(users)),
    erasures: wait(users.erasures.bind(users)),
    fill: wait(users.fill.bind(users)),
    filled: wait(users.filled.bind(users)),
    filledUpTo: wait(users.filledUpTo.bind(users)),
    lease: users.lease.bind(users),
    eventsOf: observations.eventsOf.bind(observations),
  };
}

type Step = 'send' | 'want' | 'drop' | 'fill' | 'restart' | 'back';

test('U1: each event is counted exactly once, however arrival, fill, drops and restarts are interleaved', async () => {
  const step = fc.constantFrom<Step>('send', 'send', 'send', 'want', 'drop', 'fill', 'restart', 'back');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.array(fc.nat(7), { minLength: 1, maxLength: 40 }), async (steps, drawable) => {
      // The numbers come round again, and a store that is away at the same one of them each time would be away for ever.
      let timesAway = 0;
      let drawn = 0;
      const draw = (): number => drawable[(drawn += 1) % drawable.length]!;
      let now = 1_000_000;
      const clock = neverBackwards(() => (now += draw() % 2));
      const users = new MemoryUserStore(clock);
      const observations = new MemoryObservations(clock);
      const stores = scheduled(users, observations, draw, () => draw() === 7 && (timesAway += 1) <= MAX_TIMES_AWAY);
      const open = () => new ProjectCounters('shop', { users: stores, observations: stores, clock, fillDelayMs: 0, shareDelayMs: 0 });
      let counters = open();
      const intake = intakeOf({ after: (receivedAt) => counters.after(receivedAt) }, stores, clock);
      const send = async (id: string): Promise<void> => {
        const body = { events: [{ user: 'ann', event: 'Purchase', id }] };
        for (;;) {
          try {
            await intake.take('shop', body);
            return;
          } catch (error) {
            if (!(error instanceof UserStoreUnavailable)) throw error;
          }
        }
      };
      counters.want([]);
      let sending: Promise<void>[] = [];
      let sent = 0;
      let wanted: readonly (typeof COUNTER)[] = [];
      for (const one of steps) {
        await later(draw());
        if (one === 'send') sending.push(send(`${(sent += 1)}`));
        else if (one === 'want') counters.want((wanted = [COUNTER]));
        else if (one === 'drop') counters.want((wanted = []));
        else if (one === 'back') now -= 3;
        else if (one === 'fill') {
          await Promise.all(sending);
          await counters.store();
          void counters.fill();
        } else {
          await Promise.all(sending);
          sending = [];
          await counters.close();
          await counters.store();
          // A clock may be set back while the server runs, not between two runs.
          now += 100;
          counters = open();
          counters.want(wanted);
        }
      }
      await Promise.all(sending);
      counters.want([COUNTER]);
      await counters.store();
      now += 1_000;
      for (let tries = 0; tries < 3; tries += 1) await counters.fill();
      const counter = (await users.load('shop', pepper.keyOf('shop', 'ann'))).counters.get(COUNTER.id);
      expect(counter?.countingSince).toBeUndefined();
      expect((counter?.cells ?? []).reduce((sum, { count }) => sum + count, 0)).toBe(sent);
    }),
    { numRuns: 500, endOnFailure: true },
  );
});

test('U6: what a store has lost is kept and filled again, and an event whose id is not known any more is counted once', async () => {
  const lost = new MemoryUserStore(() => now);
  let users: UserStore = lost;
  let now = 1_000_000;
  const observations = new MemoryObservations(() => now);
  const current = new Proxy(lost, {
    get:
      (_, name: keyof UserStore) =>
      (...args: never[]) =>
        (users[name] as (...given: never[]) => unknown)(...args),
  });
  const stores = scheduled(
    current,
    observations,
    () => 0,
    () => false,
  );
  const counters = new ProjectCounters('shop', { users: stores, observations, clock: () => now, fillDelayMs: 0, shareDelayMs: 0 });
  counters.want([COUNTER]);
  const intake = intakeOf(counters, stores, () => now);
  const send = (id: string) => intake.take('shop', { events: [{ user: 'ann', event: 'Purchase', id }] });
  await send('1');
  users = new MemoryUserStore(() => now);
  now += 1;
  counters.storeAnew();
  expect([await send('1'), await send('2')]).toMatchObject([{ accepted: 1 }, { accepted: 1 }]);
  now += 1;
  await counters.fill();
  const counter = (await users.load('shop', pepper.keyOf('shop', 'ann'))).counters.get(COUNTER.id);
  expect([counter?.countingSince, counter?.cells.map(({ count }) => count)]).toEqual([undefined, [2]]);
});

/** Several instances on the same stores, each of which learns of a change some events after the one before. */
test('U1: instances that share their stores count each event once, whichever has heard of a counter', async () => {
  const step = fc.constantFrom<'send' | 'want' | 'drop' | 'hear' | 'fill'>('send', 'send', 'send', 'want', 'drop', 'hear', 'fill');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, fc.nat(2)), { maxLength: 40 }),
      fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }),
      async (steps, drawable) => {
        let drawn = 0;
        const draw = (): number => drawable[(drawn += 1) % drawable.length]!;
        let now = 1_000_000;
        const clock = neverBackwards(() => (now += draw() % 2));
        const users = new MemoryUserStore(clock);
        const observations = new MemoryObservations(clock);
        const stores = scheduled(users, observations, draw, () => false);
        const instances = [0, 1, 2].map(() => {
          const counters = new ProjectCounters('shop', {
            users: stores,
            observations: stores,
            clock,
            fillDelayMs: 0,
            shareDelayMs: 10_000,
          });
          counters.want([]);
          return { counters, intake: intakeOf(counters, stores, clock) };
        });
        const hear = (at: number): void => instances[at]!.counters.want(wanted);
        let wanted: readonly (typeof COUNTER)[] = [];
        let unaware: number[] = [];
        const sending: Promise<unknown>[] = [];
        for (const [one, at] of steps) {
          await later(draw());
          const { counters, intake } = instances[at]!;
          if (one === 'send') sending.push(intake.take('shop', { events: [{ user: 'ann', event: 'Purchase', id: `${sending.length}` }] }));
          else if (one === 'fill') void counters.store().then(() => counters.fill());
          else if (one === 'hear') unaware.splice(0, 1).forEach(hear);
          else {
            wanted = one === 'want' ? [COUNTER] : [];
            hear(at);
            unaware = [0, 1, 2].filter((other) => other !== at);
          }
        }
        wanted = [COUNTER];
        [0, 1, 2].forEach(hear);
        await Promise.all(sending);
        for (const { counters } of instances) await counters.store();
        now += 20_000;
        for (const { counters } of instances) await counters.fill();
        const counter = (await users.load('shop', pepper.keyOf('shop', 'ann'))).counters.get(COUNTER.id);
        expect(counter?.countingSince).toBeUndefined();
        expect((counter?.cells ?? []).reduce((sum, { count }) => sum + count, 0)).toBe(sending.length);
      },
    ),
    { numRuns: 200, endOnFailure: true },
  );
});

test('U4: a user whom any instance forgets while a counter is filled is not counted by what the fill has read before', async () => {
  const now = 1_000_000;
  const [users, observations] = [new MemoryUserStore(() => now), new MemoryObservations(() => now - 1)];
  const [ann, bob] = ['ann', 'bob'].map((id) => pepper.keyOf('shop', id)).sort() as [UserKey, UserKey];
  const made = { kind: 'event', event: 'Purchase', at: now - 1, properties: {}, content: '' } as const;
  await observations.append(
    'shop',
    [ann, bob].map((user) => ({ ...made, user, id: user })),
  );
  const forget = forgetting({
    users,
    observations,
    evaluator: { forget: () => {} },
    exposures: { forget: (_user, remove) => remove() },
    othersMs: 0,
  });
  const read: UserKey[] = [];
  const eventsOf: Observations['eventsOf'] = async function* (...args) {
    for await (const event of observations.eventsOf(...args)) {
      if (event.user === bob) await forget('shop', bob);
      read.push(event.user);
      yield event;
    }
  };
  const counters = new ProjectCounters('shop', { users, observations: { eventsOf }, clock: () => now, fillDelayMs: 0, shareDelayMs: 0 });
  counters.want([COUNTER]);
  await counters.store();
  await counters.fill();
  expect((await users.counters('shop'))[0]?.isFilled).toBe(true);
  expect((await users.sample('shop', 10)).sampled.map(({ user }) => user)).toEqual([ann]);
  // What was read before the erasure is read once more, and no more than that.
  expect(read.length).toBeLessThanOrEqual(3);
});

test('one instance fills at a time, and the next goes on where one that died had come', async () => {
  let leaseMs = 0;
  const now = 1_000_000;
  const users = new MemoryUserStore(() => now, new MemoryLeases(() => leaseMs));
  const observations = new MemoryObservations(() => now - 1);
  const ids = Array.from({ length: 1_200 }, (_, at) => pepper.keyOf('shop', `user-${at}`)).sort();
  const made = { kind: 'event', event: 'Purchase', at: now - 1, properties: {}, content: '' } as const;
  await observations.append(
    'shop',
    ids.map((user) => ({ ...made, user, id: user })),
  );
  const readFrom: (string | undefined)[] = [];
  let bury = (): void => {};
  const buried = new Promise<void>((resolve) => (bury = resolve));
  const neverAnswered = async (): Promise<never> => {
    await buried;
    throw new UserStoreUnavailable('the process is dead');
  };
  const open = (dies: number) => {
    let filled = 0;
    const fill: UserStore['fill'] = (...args) => ((filled += 1) > dies ? neverAnswered() : users.fill(...args));
    const eventsOf: Observations['eventsOf'] = (...args) => {
      readFrom.push(args[3]);
      return observations.eventsOf(...args);
    };
    // What a process that was killed does not do any more.
    const lease: UserStore['lease'] = async (name) => {
      const held = await users.lease(name);
      return { ...held, hold: async (able) => filled <= dies && held.hold(able) };
    };
    const bound = Object.assign(Object.create(users) as MemoryUserStore, { fill, lease });
    const counters = new ProjectCounters('shop', {
      users: bound,
      observations: { eventsOf },
      clock: () => now + 1,
      fillDelayMs: 0,
      shareDelayMs: 0,
    });
    counters.want([COUNTER]);
    return counters;
  };
  const [dying, next] = [open(700), open(Infinity)];
  await dying.store();
  const died = dying.fill();
  await next.store();
  while ((await users.counters('shop'))[0]?.filledUpTo === undefined) await later(10);
  await next.fill();
  expect(readFrom).toEqual([undefined]);
  leaseMs += LEASE_TTL_MS + 1;
  await next.fill();
  expect(readFrom).toEqual([undefined, ids[499]]);
  const counts = await Promise.all(ids.map(async (user) => (await users.load('shop', user)).counters.get(COUNTER.id)));
  expect(counts.every((counter) => counter?.countingSince === undefined && counter?.cells[0]?.count === 1)).toBe(true);
  bury();
  await expect(died).rejects.toThrow('the process is dead');
});

function intakeOf(counters: Pick<ProjectCounters, 'after'>, stores: ReturnType<typeof scheduled>, clock: () => number): EventIntake {
  return new EventIntake({
    rulesets: { confirmed: async () => undefined as never },
    counters: { after: (_projectId, receivedAt) => counters.after(receivedAt) },
    observations: stores,
    users: stores,
    late: { count: async () => undefined },
    pepper,
    clock,
    lateDays: 7,
  });
}
