import fc from 'fast-check';
import { assignment } from '../contract/users';
import { Rulesets } from '../evaluation/instances';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey } from '../fixtures/shop';
import { Dice } from '../property/dice';
import { met, playHistory, rolls } from './histories';
import { ServingInstance, SharedStores } from './instances';

test('X4, U6: no history of the user store brings a user into two experiments that conflict, or is answered as stored and is not', async () => {
  await fc.assert(fc.asyncProperty(rolls, playHistory), { numRuns: 25, seed: 2, endOnFailure: true });
  expect(met.assigned).toBeGreaterThan(200);
  expect(met.restored).toBeGreaterThan(15);
  expect(met.emptied).toBeGreaterThan(5);
  expect(met.rebuilt).toBeGreaterThan(15);
  expect(met.accepted).toBeGreaterThan(30);
  expect(met.servedCutOff).toBeGreaterThan(100);
}, 60_000);

test('X4: after an older copy of the store was restored, no write has the version that a request had read before', async () => {
  const stores = new SharedStores();
  const { users } = stores;
  const user = stores.pepper.keyOf('shop', 'ann');
  stores.backUp();
  const first = await users.assign('shop', user, 0, [assignment('x1')]);
  stores.restore();
  const second = await users.assign('shop', user, 0, [assignment('x2')]);
  if (!first.stored || !second.stored) throw new Error('both must be stored');
  expect(await users.assign('shop', user, first.assignmentVersion, [assignment('x3')])).toMatchObject({ stored: false });
  expect(await users.assign('shop', user, second.assignmentVersion, [assignment('x3')])).toMatchObject({ stored: true });
});

test('X4, U6: a rebuild gives users back what they lost, but nothing that conflicts with what they are in by now', async () => {
  const ledger = Ledger.started();
  for (const key of ['size', 'crust']) createKey(ledger, key);
  const running = (name: string, key: string, exclusive = false): string => {
    const id = createExperiment(ledger, name, [key], { exclusive });
    ledger.accept({ type: 'StartExperiment', id });
    return id;
  };
  const [first, second, alone] = [running('First', 'size'), running('Second', 'crust'), running('Alone', 'size', true)];
  const rulesets = new Rulesets();
  rulesets.follow(ledger);
  const stores = new SharedStores();
  const instance = new ServingInstance(stores, rulesets, new Dice([0]));
  await instance.connect();
  const { users, observations } = stores;
  const keyOf = (name: string) => stores.pepper.keyOf('shop', name);
  const exposed = (name: string, experiment: string) =>
    observations.append('shop', [{ kind: 'exposure', user: keyOf(name), experiment, variant: 'v2', revision: 9 }]);
  // Since a backup without these, ann was assigned to the exclusive one; of bob nothing is stored, and cyd was in both of two that go together.
  await exposed('ann', first);
  await users.assign('shop', keyOf('ann'), 0, [assignment(alone)]);
  await exposed('bob', alone);
  await exposed('bob', second);
  await exposed('cyd', first);
  await users.assign('shop', keyOf('cyd'), 0, [assignment(second)]);
  expect(await instance.recovery.rebuild()).toBe(2);
  const now = await stores.assignments();
  const experiments = (name: string) => now.get(keyOf(name))!.map(({ experiment }) => experiment);
  expect([experiments('ann'), experiments('bob'), experiments('cyd')]).toEqual([[alone], [second], [second, first]]);
  // Begun again, it leads to the same.
  expect(await instance.recovery.rebuild()).toBe(0);
  expect(await stores.assignments()).toEqual(now);
});
