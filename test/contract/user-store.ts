import fc from 'fast-check';
import { cellOf, cellsAt, HOUR_MS, type CounterWindow } from '../../src/evaluation/counter';
import type { UserRecord } from '../../src/evaluation/user-record';
import { IDS_KEPT_DAYS, UserStoreUnavailable, type UserStore } from '../../src/user-store/user-store';
import { competeForUsers } from './never-both';
import { plainUserModel } from './user-store-model';
import { assignment, DAY_MS, event, record, START, userOf } from './users';

export interface OpenedUserStore {
  readonly store: UserStore;
  /** Another client of the same store; the same one where only one process may use it. */
  readonly other: UserStore;
  /** Closes all clients and opens one; absent where nothing is kept. */
  reopen?(): Promise<UserStore>;
  dispose(): Promise<void>;
}

/** As JSON, with the counters that are named. */
export function shown({ counters, ...record }: UserRecord, ids: readonly string[] = []): object {
  const cells = (id: string) => {
    const counter = counters.get(id);
    return counter && { ...counter, cells: [...counter.cells].sort((a, b) => a.at - b.at) };
  };
  return { ...record, counters: ids.map(cells) };
}

const EMPTY = { factsVersion: 0, assignmentVersion: 0, properties: {}, assignments: [], overrides: [] };

/** What every user store promises. `open` is given a clock. `rounds`: how often two clients compete for a user. */
export function userStoreContract(
  name: string,
  open: (clock: () => number) => Promise<OpenedUserStore>,
  { rounds }: { readonly rounds: number },
): void {
  describe(`the user store in ${name}`, () => {
    const ada = userOf('ada');
    let now: number;
    let opened: OpenedUserStore;
    let store: UserStore;
    beforeEach(async () => {
      now = START;
      opened = await open(() => now);
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    const keep = (id: string, window: CounterWindow = { ever: true }, since = START) => store.keepCounter('shop', { id, window }, since);
    const count = async (id: string, window: CounterWindow = { ever: true }, user = ada) => {
      const counter = (await store.load('shop', user)).counters.get(id);
      const { after, upTo } = cellsAt(window, Math.floor(now / HOUR_MS));
      return counter?.cells.filter(({ at }) => at > after && at <= upTo).reduce((sum, cell) => sum + cell.count, 0);
    };

    test('of a user who is not there nothing is known', async () => {
      expect(shown(await store.load('shop', ada), ['c'])).toEqual({ ...EMPTY, counters: [undefined] });
      await keep('c');
      expect(shown(await store.load('shop', ada), ['c'])).toEqual({ ...EMPTY, counters: [{ cells: [], countingSince: START }] });
      expect(await store.sample('shop', 10)).toEqual({ users: 0, sampled: [] });
    });

    test('work on all users is done by one instance at a time', async () => {
      const [one, two] = await Promise.all([store.lease('fill:shop'), opened.other.lease('fill:shop')]);
      expect([await one.hold(true), await two.hold(true), await one.hold(true)]).toEqual([true, false, true]);
      await one.release();
      expect(await two.hold(true)).toBe(true);
    });

    test('what is not kept makes no user known: events that are late, and a fill of a counter that is not kept or is filled', async () => {
      await keep('c');
      await store.filled('shop', 'c');
      now = START + (IDS_KEPT_DAYS + 1) * DAY_MS;
      expect(await record(store, ada, [event('1', ['c']), event('2', [])])).toEqual(['late', 'late']);
      for (const counter of ['c', 'd'])
        expect(await store.fill('shop', ada, counter, [{ at: 0, count: 1 }], await store.erasures('shop'))).toBe('repeated');
      expect(await store.sample('shop', 10)).toEqual({ users: 0, sampled: [] });
      expect(await store.forget('shop', ada)).toBe(false);
    });

    test('properties are set and removed one by one, kept as they were given, and raise the version of the facts', async () => {
      const properties = JSON.parse(
        '{"n":0.1,"big":9007199254740991,"list":[1,"a",[]],"empty":{},"__proto__":"p","é\\u0000":"🙂","text":"it\'s","no":false}',
      ) as Record<string, never>;
      const first = await store.setProperties('shop', ada, properties);
      const record = await store.load('shop', ada);
      expect(record.factsVersion).toBe(first);
      expect(JSON.stringify(Object.entries(record.properties).sort())).toBe(JSON.stringify(Object.entries(properties).sort()));
      const second = await store.setProperties('shop', ada, { n: null, big: 1, missing: null });
      expect(second).toBeGreaterThan(first);
      const { n: _, ...rest } = properties as Record<string, unknown>;
      expect({ ...(await store.load('shop', ada)).properties }).toEqual({ ...rest, big: 1 });
      expect(shown(await store.load('other', ada))).toEqual({ ...EMPTY, counters: [] });
      expect((await store.load('shop', userOf('bob'))).factsVersion).toBe(0);
    });

    test('X4: assignments are added only on top of the set that was read; else the record is answered as it is', async () => {
      const first = await store.assign('shop', ada, 0, [assignment('x1'), assignment('x2', 'holdout')]);
      if (!first.stored) throw new Error('it must be stored');
      expect(await store.load('shop', ada)).toMatchObject({
        assignmentVersion: first.assignmentVersion,
        factsVersion: 0,
        assignments: expect.arrayContaining([assignment('x1'), assignment('x2', 'holdout')]) as unknown,
      });
      const late = await opened.other.assign('shop', ada, 0, [assignment('x3')]);
      if (late.stored) throw new Error('it must not be stored');
      expect(late.record.assignmentVersion).toBe(first.assignmentVersion);
      expect(late.record.assignments.map(({ experiment }) => experiment).sort()).toEqual(['x1', 'x2']);
      const again = await store.assign('shop', ada, first.assignmentVersion, [assignment('x1', 'other'), assignment('x3')]);
      expect(again.stored && again.assignmentVersion).toBeGreaterThan(first.assignmentVersion);
      const { assignments } = await store.load('shop', ada);
      expect([...assignments].sort((a, b) => (a.experiment < b.experiment ? -1 : 1))).toEqual([
        assignment('x1'),
        assignment('x2', 'holdout'),
        assignment('x3'),
      ]);
    });

    test('an override stands in the way of an assignment that was decided without it, and can be taken away', async () => {
      await store.override('shop', ada, 'x1', { variant: 'b', until: START + DAY_MS });
      expect(await store.assign('shop', ada, 0, [assignment('x1')])).toMatchObject({ stored: false });
      await store.override('shop', ada, 'x2', { variant: 'c', until: START });
      await store.override('shop', ada, 'x1', { variant: 'a', until: START + 1 });
      const { overrides, assignmentVersion } = await store.load('shop', ada);
      expect([...overrides].sort((a, b) => (a.experiment < b.experiment ? -1 : 1))).toEqual([
        { experiment: 'x1', variant: 'a', until: START + 1 },
        { experiment: 'x2', variant: 'c', until: START },
      ]);
      await store.override('shop', ada, 'x1', null);
      const cleared = await store.load('shop', ada);
      expect(cleared.overrides.map(({ experiment }) => experiment)).toEqual(['x2']);
      expect(cleared.assignmentVersion).toBeGreaterThan(assignmentVersion);
    });

    test(`X4: two clients that decide from unequal facts never bring a user into both of two conflicting experiments, in ${rounds} rounds`, async () => {
      const { wrong, firstWon } = await competeForUsers([store, opened.other], rounds);
      expect(wrong).toEqual([]);
      expect(firstWon).toBeGreaterThan(0);
    });

    test('U1: an event is counted once per user and id, in one write with the others', async () => {
      await keep('c');
      await keep('d');
      expect(await record(store, ada, [event('1', ['c', 'd']), event('2', []), event('1', ['c'])])).toEqual([
        'counted',
        'counted',
        'repeated',
      ]);
      expect(await record(opened.other, ada, [event('1', ['c']), event('3', ['d', 'unknown'])])).toEqual(['repeated', 'counted']);
      expect([await count('c'), await count('d')]).toEqual([1, 2]);
      expect(await record(store, userOf('bob'), [event('1', ['c'])])).toEqual(['counted']);
      const { factsVersion } = await store.load('shop', ada);
      await record(store, ada, [event('1', ['c']), event('4', [])]);
      expect((await store.load('shop', ada)).factsVersion).toBe(factsVersion);
    });

    test('U1: the id of an event is kept as long as one of that time may come; one that is older is not counted', async () => {
      await keep('c');
      await record(store, ada, [event('1', ['c'])]);
      now = START + (IDS_KEPT_DAYS - 1) * DAY_MS;
      expect(await record(store, ada, [event('1', ['c'])])).toEqual(['repeated']);
      now = START + IDS_KEPT_DAYS * DAY_MS;
      expect(await record(store, ada, [event('1', ['c'])])).toEqual(['late']);
      // Instances' clocks differ, so a store may keep ids a little longer.
      now += 2 * HOUR_MS;
      expect(await record(store, ada, [event('1', ['c'], { at: now, receivedAt: now })])).toEqual(['counted']);
      expect(await count('c')).toBe(2);
    });

    test('U1: events of one user that are sent at once by many are each counted once', async () => {
      await keep('c');
      // Each is synced to the disk before the next of this user, and all are to be answered within a call's time-out.
      const ids = Array.from({ length: 30 }, (_, n) => `${n}`);
      const answers = await Promise.all(
        [...ids, ...ids].map((id, n) => record(n % 2 === 0 ? store : opened.other, ada, [event(id, ['c'])])),
      );
      expect(answers.flat().filter((answer) => answer === 'counted').length).toBe(30);
      expect(await count('c')).toBe(30);
    });

    test('each event is counted by exactly one of arrival and fill, and a fill once', async () => {
      const window = { lastDays: 3 };
      await keep('c', window, START + 10_000);
      const cell = cellOf(window, START)!;
      await record(store, ada, [event('before', ['c'])]);
      expect(shown(await store.load('shop', ada), ['c'])).toMatchObject({ counters: [{ cells: [], countingSince: START + 10_000 }] });
      await record(store, ada, [event('after', ['c'], { receivedAt: START + 10_000 })]);
      const erasures = await store.erasures('shop');
      expect(await store.fill('shop', ada, 'c', [{ at: cell, count: 2 }], erasures)).toBe('filled');
      expect(await opened.other.fill('shop', ada, 'c', [{ at: cell, count: 2 }], erasures)).toBe('repeated');
      expect(shown(await store.load('shop', ada), ['c'])).toMatchObject({
        counters: [{ cells: [{ at: cell, count: 3 }], countingSince: START + 10_000 }],
      });
      await store.filledUpTo('shop', 'c', ada);
      expect(await store.counters('shop')).toEqual([{ id: 'c', window, countingSince: START + 10_000, isFilled: false, filledUpTo: ada }]);
      await store.filled('shop', 'c');
      expect(shown(await store.load('shop', ada), ['c'])).toMatchObject({ counters: [{ cells: [{ at: cell, count: 3 }] }] });
      expect((await store.load('shop', ada)).counters.get('c')).not.toHaveProperty('countingSince');
      expect(await store.fill('shop', userOf('bob'), 'c', [{ at: cell, count: 2 }], erasures)).toBe('repeated');
      expect(await store.fill('shop', ada, 'unknown', [{ at: cell, count: 2 }], erasures)).toBe('repeated');
    });

    test('U4: what was read of a user before anyone forgot them is not filled, also where nothing of them was known here', async () => {
      await keep('c', { lastDays: 3 }, START + 10_000);
      const before = await store.erasures('shop');
      expect(await opened.other.forget('shop', ada)).toBe(false);
      const cells = [{ at: cellOf({ lastDays: 3 }, START)!, count: 2 }];
      expect(await store.fill('shop', ada, 'c', cells, before)).toBe('erased');
      expect((await store.sample('shop', 5)).users).toBe(0);
      // Another user of the project is read again at worst.
      expect(await store.fill('shop', ada, 'c', cells, await store.erasures('shop'))).toBe('filled');
      expect(await store.forget('shop', ada)).toBe(true);
      expect(await opened.other.fill('shop', ada, 'c', cells, before)).toBe('erased');
      expect((await store.erasures('other'))(ada)).toBe((await opened.other.erasures('other'))(ada));
    });

    test('U4: events that were appended before anyone forgot their user are not recorded, until the user is forgotten in the observations too', async () => {
      await keep('c');
      const before = await store.erasures('shop');
      await opened.other.forget('shop', ada);
      expect(await store.record('shop', ada, [event('1', ['c'])], before)).toBe('erased');
      expect((await store.sample('shop', 5)).users).toBe(0);
      const during = await store.erasures('shop');
      expect(await store.record('shop', ada, [event('1', ['c'])], during)).toEqual(['counted']);
      // The event may have been removed from the observations: all is to be done again.
      expect(await opened.other.endForget('shop', ada)).toBe(false);
      await opened.other.forget('shop', ada);
      // What an event has no part in stays.
      await store.setProperties('shop', ada, { plan: 'pro' });
      expect(await opened.other.endForget('shop', ada)).toBe(true);
      expect(await store.record('shop', ada, [event('2', ['c'])], during)).toBe('erased');
      expect(await record(store, ada, [event('2', ['c'])])).toEqual(['counted']);
      expect([await count('c'), (await store.load('shop', ada)).properties]).toEqual([1, { plan: 'pro' }]);
      await opened.other.forget('shop', ada);
      await store.fill('shop', ada, 'c', [{ at: 0, count: 2 }], await store.erasures('shop'));
      await store.fill('shop', ada, 'c', [{ at: 0, count: 2 }], await store.erasures('shop'));
      expect(await opened.other.endForget('shop', ada)).toBe(false);
    });

    test('a counter is kept once; dropped and kept again, it begins anew', async () => {
      const first = await keep('c');
      expect(await store.keepCounter('shop', { id: 'c', window: { ever: true } }, START + 5)).toEqual(first);
      await record(store, ada, [event('1', ['c'])]);
      await store.filled('shop', 'c');
      await store.dropCounter('shop', 'c');
      expect((await store.load('shop', ada)).counters.get('c')).toBeUndefined();
      expect(await store.counters('shop')).toEqual([]);
      await keep('c', { ever: true }, START + 50);
      expect(shown(await store.load('shop', ada), ['c'])).toMatchObject({ counters: [{ cells: [], countingSince: START + 50 }] });
      await record(store, ada, [event('1', ['c'], { receivedAt: START + 60 }), event('2', ['c'], { receivedAt: START + 60 })]);
      expect(await count('c')).toBe(1);
      expect(await store.counters('other')).toEqual([]);
    });

    test('U3: what is dropped as too old never changes an answer, at any hour', async () => {
      const windows: readonly CounterWindow[] = [
        { lastDays: 1 },
        { lastDays: 35 },
        { lastDays: 36 },
        { ever: true },
        { between: { fromHour: Math.floor(START / HOUR_MS) - 30, toHour: Math.floor(START / HOUR_MS) + 100 } },
      ];
      const ids = windows.map((_, n) => `w${n}`);
      for (const [n, id] of ids.entries()) await keep(id, windows[n]!);
      const step = fc.record({ hours: fc.integer({ min: 0, max: 30 * 24 }), behind: fc.integer({ min: 0, max: 7 * 24 }) });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const user = userOf(`u3 ${(run += 1)}`);
          const times: number[] = [];
          for (const [n, { hours, behind }] of steps.entries()) {
            now += hours * HOUR_MS;
            times.push(now - behind * HOUR_MS);
            await record(store, user, [event(`${n}`, ids, { at: times.at(-1)!, receivedAt: now })]);
            for (const [index, window] of windows.entries()) {
              const { after, upTo } = cellsAt(window, Math.floor(now / HOUR_MS));
              const cells = times.flatMap((at) => cellOf(window, at) ?? []);
              expect(await count(ids[index]!, window, user)).toBe(cells.filter((cell) => cell > after && cell <= upTo).length);
            }
          }
        }),
        {
          numRuns: 15,
          examples: [
            [
              [
                { hours: 0, behind: 0 },
                { hours: 35 * 24 - 1, behind: 0 },
                { hours: 1, behind: 7 * 24 },
                { hours: 24, behind: 1 },
              ],
            ],
          ],
        },
      );
    });

    test('U3: cells that no window has any more are removed', async () => {
      const window = { lastDays: 1 };
      await keep('c', window);
      for (let day = 0; day < 30; day += 1) {
        now = START + day * DAY_MS;
        await record(store, ada, [event(`${day}`, ['c'], { at: now, receivedAt: now })]);
      }
      expect((await store.load('shop', ada)).counters.get('c')!.cells.length).toBeLessThan(6);
    });

    test('U5: a user without assignments gets those of another id, once, and keeps what it has', async () => {
      const bob = userOf('bob');
      await store.setProperties('shop', ada, { plan: 'pro' });
      await store.assign('shop', ada, 0, [assignment('x1'), assignment('x2')]);
      expect(await store.link('shop', ada, bob)).toBe('linked');
      const { assignments, properties } = await store.load('shop', bob);
      expect(assignments.map(({ experiment }) => experiment).sort()).toEqual(['x1', 'x2']);
      expect(properties).toEqual({});
      await store.assign('shop', userOf('eve'), 0, [assignment('x9')]);
      expect(await store.link('shop', userOf('eve'), bob)).toBe('kept');
      expect(await store.link('shop', userOf('unknown'), userOf('new'))).toBe('kept');
      expect(await store.link('shop', bob, bob)).toBe('kept');
      expect((await store.load('shop', bob)).assignments.length).toBe(2);
      expect((await store.load('shop', ada)).assignments.length).toBe(2);
    });

    test('how many users are assigned to a variant is kept with every write of any client, and a forgotten user is taken off', async () => {
      const [bob, eve] = [userOf('bob'), userOf('eve')];
      const assigned = async (client: UserStore, experiment: string) => [
        ...(await client.assigned('shop', experiment, ['a', 'b', 'holdout'])),
      ];
      const counts = (a: number, b: number, holdout: number) => [
        ['a', a],
        ['b', b],
        ['holdout', holdout],
      ];
      expect(await assigned(store, 'x1')).toEqual(counts(0, 0, 0));
      await store.assign('shop', ada, 0, [assignment('x1'), assignment('x2', 'holdout')]);
      await opened.other.assign('shop', bob, 0, [assignment('x1', 'b'), assignment('x1', 'a')]);
      expect(await store.assign('shop', bob, 0, [assignment('x2')])).toMatchObject({ stored: false });
      const { assignmentVersion } = await store.load('shop', bob);
      // One that the user has already stays as it is, and is counted once.
      await store.assign('shop', bob, assignmentVersion, [assignment('x1', 'a'), assignment('x2', 'b')]);
      await store.link('shop', ada, eve);
      await store.override('shop', eve, 'x1', { variant: 'b', until: START + DAY_MS });
      await store.assign('other', ada, 0, [assignment('x1')]);
      expect([await assigned(opened.other, 'x1'), await assigned(store, 'x2')]).toEqual([counts(2, 1, 0), counts(0, 1, 2)]);
      await opened.other.forget('shop', ada);
      await store.forget('shop', ada);
      expect([await assigned(store, 'x1'), await assigned(store, 'x2')]).toEqual([counts(1, 1, 0), counts(0, 1, 1)]);
      if (opened.reopen !== undefined) expect(await assigned(await opened.reopen(), 'x1')).toEqual(counts(1, 1, 0));
    });

    test('U4: of a forgotten user nothing is left, and no version comes again', async () => {
      await keep('c');
      await store.setProperties('shop', ada, { plan: 'pro' });
      await record(store, ada, [event('1', ['c'])]);
      await store.fill('shop', ada, 'c', [{ at: 0, count: 4 }], await store.erasures('shop'));
      await store.override('shop', ada, 'x2', { variant: 'b', until: START });
      const before = await store.load('shop', ada);
      await store.assign('shop', ada, before.assignmentVersion, [assignment('x1')]);
      const last = await store.load('shop', ada);
      expect(await store.forget('shop', ada)).toBe(true);
      expect(shown(await store.load('shop', ada), ['c'])).toMatchObject({ ...EMPTY, counters: [{ cells: [] }] });
      expect(await store.forget('shop', ada)).toBe(false);
      expect((await store.sample('shop', 5)).users).toBe(0);
      expect(await store.assign('shop', ada, last.assignmentVersion, [assignment('x1')])).toMatchObject({ stored: false });
      now += 1_000;
      expect(await record(store, ada, [event('1', ['c'])])).toEqual(['counted']);
      expect(await store.assign('shop', ada, 0, [assignment('x1')])).toMatchObject({ stored: true });
      const anew = await store.load('shop', ada);
      expect(anew.factsVersion).toBeGreaterThan(last.factsVersion);
      expect(anew.assignmentVersion).toBeGreaterThan(last.assignmentVersion);
      expect(await count('c')).toBe(1);
    });

    test('a sample is of different users, all of them if they are few, and says how many there are', async () => {
      const names = Array.from({ length: 60 }, (_, n) => `user ${n}`);
      for (const [n, name] of names.entries()) {
        now = START + n;
        await store.setProperties('shop', userOf(name), { n });
      }
      await store.setProperties('other', ada, { n: 1 });
      const all = await store.sample('shop', 100);
      expect(all.users).toBe(60);
      expect(all.sampled.map(({ user }) => user).sort()).toEqual(names.map(userOf).sort());
      for (const { user, seenAt, record } of all.sampled) {
        expect(user).toBe(userOf(`user ${record.properties['n'] as number}`));
        expect(seenAt).toBe(START + (record.properties['n'] as number));
      }
      const taken = new Set<string>();
      // Of 60 users, one is in none of 160 samples of 9 in one run of some thousand million.
      for (let round = 0; round < 160; round += 1) {
        const { users, sampled } = await store.sample('shop', 9);
        expect([users, new Set(sampled.map(({ user }) => user)).size]).toEqual([60, 9]);
        for (const { user } of sampled) taken.add(user);
      }
      expect(taken.size).toBe(60);
    });

    test('U6: it has an identity of its own, which changes only where a loss is accepted', async () => {
      const id = await store.identity();
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(await opened.other.identity()).toBe(id);
      const next = await store.acceptLoss();
      expect(next).not.toBe(id);
      expect(await store.identity()).toBe(next);
    });

    test('random writes lead to what a plain model says', async () => {
      await keep('c');
      await keep('d', { lastDays: 2 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(plainUserModel.steps, async (steps) => {
          const user = userOf(`model ${(run += 1)}`);
          const model = plainUserModel.empty();
          for (const step of steps) {
            now += 60_000;
            const client = step.other ? opened.other : store;
            expect(await plainUserModel.play(client, 'shop', user, step)).toEqual(plainUserModel.apply(model, step));
            const record = await client.load('shop', user);
            expect(plainUserModel.seen(record)).toEqual(plainUserModel.seenOf(model));
          }
        }),
        { numRuns: 20 },
      );
    });

    test('what was acknowledged is there after it was closed and opened again; once closed it says so', async () => {
      await keep('c');
      await record(store, ada, [event('1', ['c'])]);
      await store.assign('shop', ada, 0, [assignment('x1')]);
      await store.setProperties('shop', ada, { plan: 'pro' });
      const before = shown(await store.load('shop', ada), ['c']);
      const id = await store.identity();
      if (opened.reopen !== undefined) {
        store = await opened.reopen();
        expect(shown(await store.load('shop', ada), ['c'])).toEqual(before);
        expect(await record(store, ada, [event('1', ['c'])])).toEqual(['repeated']);
        expect(await store.identity()).toBe(id);
      }
      await store.close();
      await expect(store.load('shop', ada)).rejects.toThrow(UserStoreUnavailable);
    });
  });
}
