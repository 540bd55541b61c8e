import fc from 'fast-check';
import type { Assignment } from '../../src/evaluation/user-record';
import { conflicts, Rulesets } from '../evaluation/instances';
import { change, randomProject, turnOver } from '../evaluation/random-project';
import { Dice } from '../property/dice';
import { ServingInstance, SharedStores, type Answer } from './instances';

/*
 * X4 and U6 as a whole: random histories of a project and of its user store, which is restored from a backup under its instances, emptied, and cut off
 * for one of them while the others go on.
 */

const USERS = Array.from({ length: 8 }, (_, number) => `user-${number}`);
const ROUNDS = 15;

/** What a history is made of. */
export const rolls = fc.noBias(fc.array(fc.nat(10_000), { minLength: 500, maxLength: 500 }));

/** How often what the histories are for was met. */
export const met = { restored: 0, emptied: 0, rebuilt: 0, accepted: 0, servedCutOff: 0, assigned: 0 };

export async function playHistory(numbers: readonly number[]): Promise<void> {
  const dice = new Dice(numbers);
  const ledger = randomProject(dice);
  const rulesets = new Rulesets();
  const stores = new SharedStores();
  rulesets.follow(ledger);
  const instances = [1, 2, 3].map(() => new ServingInstance(stores, rulesets, dice));
  await Promise.all(instances.map((instance) => instance.connect()));
  const ever = new Set<string>();
  let operator: (() => Promise<void>) | undefined;
  let isLost = false;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = rulesets.all.length;
    for (let changes = dice.roll(3); changes > 0; changes -= 1) change(ledger, dice);
    turnOver(ledger, dice);
    rulesets.follow(ledger);
    for (const instance of instances) {
      instance.advance();
      instance.isCutOff = false;
    }
    if (dice.once(2)) dice.pick(instances).isCutOff = true;
    if (dice.once(3)) stores.backUp();
    const held = await stores.assignments();
    const some = () => Array.from({ length: 10 }, () => request(dice.pick(instances), dice.pick(USERS)));
    const requests = some();
    const event = operator === undefined ? dice.roll(6) : 0;
    let isSame = true;
    if (event <= 3 && event > 0) {
      // Under requests that have read what is not there any more.
      for (let turns = dice.roll(12); turns > 0; turns -= 1) await undefined;
      // What is assigned in the moment before.
      const last = stores.assignments();
      if (stores.restore()) {
        add(ever, await last);
        met.restored += 1;
        isSame = false;
        operator = () => rebuild(stores, dice, instances);
        requests.push(...some());
      }
    }
    if (event === 4) {
      const last = stores.assignments();
      stores.empty();
      add(ever, await last);
      met.emptied += 1;
      isLost = true;
      isSame = false;
      operator = () => (dice.once(2) ? rebuild(stores, dice, instances) : accept(instances));
    }
    const answers = (await Promise.all(requests)).flat();
    const now = await stores.assignments();
    add(ever, now);
    // Nothing is assigned in a store that was emptied before an operator has decided (U6).
    if (isLost) expect([...now.values()].flat()).toEqual([]);
    // At no revision is a user in two running experiments that conflict (X4).
    for (const [user, assignments] of now) expect([user, conflicts(rulesets.all.slice(before), assignments)]).toEqual([user, []]);
    if (isSame) {
      // What was assigned stays as it was, and what is answered as assigned is stored.
      for (const [user, assignments] of held) expect(now.get(user)).toEqual(expect.arrayContaining([...assignments]));
      for (const { user, id, variant } of answers.filter(isAssigned))
        expect(now.get(user)).toContainEqual(expect.objectContaining({ experiment: id, variant }));
    }
    if (operator !== undefined && dice.once(3)) {
      for (const instance of instances) instance.isCutOff = false;
      await operator();
      [operator, isLost] = [undefined, false];
      for (const [user, assignments] of await stores.assignments())
        expect([user, conflicts(rulesets.all.slice(-1), assignments)]).toEqual([user, []]);
    }
  }
  met.assigned += ever.size;
  // No user was exposed to what they were not assigned to, also not by what was served without the store.
  for (const { id } of rulesets.all.flatMap(({ running }) => running))
    for await (const { user, variant } of stores.observations.exposuresOf('shop', id, Infinity))
      expect(ever).toContain(`${user} ${id} ${variant}`);
}

function add(all: Set<string>, now: ReadonlyMap<string, readonly Assignment[]>): void {
  for (const [user, assignments] of now) for (const { experiment, variant } of assignments) all.add(`${user} ${experiment} ${variant}`);
}

async function request(instance: ServingInstance, userId: string): Promise<readonly Answer[]> {
  const { isCutOff } = instance;
  const answers = await instance.request(userId);
  if (isCutOff && answers.some(({ unstored }) => unstored)) met.servedCutOff += 1;
  return answers;
}

const isAssigned = ({ source, unstored }: Answer): boolean => source === 'experiment' && !unstored;

/** As docs/operations.md has it: at one instance, and then at each of the others. */
async function rebuild(stores: SharedStores, dice: Dice, instances: readonly ServingInstance[]): Promise<void> {
  const first = dice.pick(instances);
  met.rebuilt += 1;
  await first.recovery.rebuild();
  await accept(instances.filter((instance) => instance !== first));
}

async function accept(instances: readonly ServingInstance[]): Promise<void> {
  for (const { recovery } of instances) if (await recovery.acceptLoss()) met.accepted += 1;
}
