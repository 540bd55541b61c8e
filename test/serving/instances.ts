import { setImmediate as turn } from 'node:timers/promises';
import type { Pepper, UserKey } from '../../src/domain/user-key';
import { HOUR_MS } from '../../src/evaluation/counter';
import type { Ruleset } from '../../src/evaluation/ruleset';
import type { Assignment } from '../../src/evaluation/user-record';
import { MemoryObservations } from '../../src/observations/memory';
import { Evaluator } from '../../src/serving/evaluator';
import type { LiveCounters } from '../../src/serving/live-counters';
import type { Rulesets as ServedRulesets } from '../../src/serving/rulesets';
import { UserStoreRecovery } from '../../src/serving/user-store-recovery';
import { KnownUserStore, type KnownStore } from '../../src/user-store/known-store';
import { MemoryUserStore } from '../../src/user-store/memory';
import { UserStoreLost, UserStoreUnavailable, type UserStore } from '../../src/user-store/user-store';
import { pepper } from '../contract/users';
import type { Rulesets } from '../evaluation/instances';
import { HOUR } from '../evaluation/played';
import { randomProperties } from '../evaluation/random-project';
import type { Dice } from '../property/dice';

/* Whole serving instances, each with a connection of its own to the user store that they share, and what happens to that store. */

const PROJECT = 'shop';

/** The user store and the observations of all instances. */
export class SharedStores {
  /** In which each look at it is later than the one before: what follows in a history is later than what went before. */
  readonly clock = (): number => (this.nowMs += 1);
  readonly observations = new MemoryObservations(this.clock);
  readonly pepper: Pepper = pepper;
  users = new MemoryUserStore(this.clock);
  private nowMs = HOUR * HOUR_MS;
  private backup: unknown;

  /** What the users are assigned to. */
  async assignments(): Promise<ReadonlyMap<UserKey, readonly Assignment[]>> {
    const { sampled } = await this.users.sample(PROJECT, 1_000);
    return new Map(sampled.map(({ user, record }) => [user, record.assignments]));
  }

  /** A copy of all that is in the store, with its identity. */
  backUp(): void {
    this.backup = structuredClone(this.content);
  }

  /** The store is again what it was, under the same identity: no instance notices (docs/operations.md). */
  restore(): boolean {
    if (this.backup === undefined) return false;
    Object.assign(this.users, structuredClone(this.backup));
    return true;
  }

  /** All is gone, and another store is there. */
  empty(): void {
    this.users = new MemoryUserStore(this.clock);
    this.backup = undefined;
  }

  private get content(): object {
    const { projects, id } = this.users as unknown as { readonly projects: object; readonly id: string };
    return { projects, id };
  }
}

/** One answer to one request. */
export interface Answer {
  readonly user: UserKey;
  readonly source: string;
  readonly id: string;
  readonly variant: string;
  readonly unstored: boolean;
}

export class ServingInstance {
  /** Whether its connection to the user store is broken, which the other instances do not have. */
  isCutOff = false;
  readonly known: KnownUserStore;
  readonly recovery: UserStoreRecovery;
  private revision: number;
  /** As that of a client of Redis: which store it met when it connected. */
  private marker: string | undefined;
  private readonly evaluator: Evaluator;

  constructor(
    private readonly stores: SharedStores,
    private readonly rulesets: Rulesets,
    private readonly dice: Dice,
  ) {
    this.revision = rulesets.all.length - 1;
    const identity = () => this.reach(async () => stores.users.identity());
    const acceptLoss = () =>
      this.reach(async () => {
        const id = await stores.users.identity();
        return (this.marker = id === this.marker ? await stores.users.acceptLoss() : id)!;
      });
    let written: KnownStore | undefined;
    this.known = new KnownUserStore(
      { identity, acceptLoss },
      { read: async () => written, write: async (known) => void (written = known) },
      stores.clock,
    );
    const current = async (): Promise<Ruleset> => {
      this.revision = rulesets.all.length - 1;
      return this.ruleset;
    };
    const served = { atHand: () => this.ruleset, current, at: (_project: string, revision: number) => this.rulesetAt(revision) };
    this.evaluator = new Evaluator({
      rulesets: served as unknown as ServedRulesets,
      users: {
        load: (...args) => this.known.run(() => this.call((users) => users.load(...args))),
        assign: (...args) => this.known.run(() => this.call((users) => users.assign(...args))),
      },
      pepper: stores.pepper,
      exposures: {
        note: (project, exposure) => void stores.observations.append(project, [exposure]),
        during: (serve) => serve(),
      },
      tallies: { note: () => {} },
      clock: stores.clock,
      onUnavailable: () => {},
    });
    this.recovery = new UserStoreRecovery({
      known: this.known,
      users: {
        load: (...args) => stores.users.load(...args),
        assign: (...args) => stores.users.assign(...args),
        counters: (...args) => stores.users.counters(...args),
        dropCounter: (...args) => stores.users.dropCounter(...args),
      },
      observations: stores.observations,
      rulesets: { current },
      counters: { storeAnew: () => {} } as unknown as LiveCounters,
      projectIds: async () => [PROJECT],
      clock: stores.clock,
    });
  }

  async connect(): Promise<void> {
    this.marker = await this.stores.users.identity();
    await this.known.assertKnown();
  }

  /** Hears of all that has happened, of some of it, or of nothing. */
  advance(): void {
    const unheard = this.rulesets.all.length - 1 - this.revision;
    this.revision += this.dice.pick([unheard, 0, this.dice.roll(unheard + 1)]);
  }

  /** A request for one key or for all of them, with facts of its own. */
  async request(userId: string): Promise<readonly Answer[]> {
    const context = { userId, properties: randomProperties(this.dice), isPreview: false };
    const names = [...this.ruleset.keys.keys()];
    const user = this.stores.pepper.keyOf(PROJECT, userId);
    const texts: string[] = [];
    if (this.dice.once(3)) {
      const { flags } = await this.evaluator.all({ projectId: PROJECT, context, body: '', expose: this.dice.some(names, 0, 2) });
      texts.push(...(JSON.parse(String(flags)) as object[]).map((flag) => JSON.stringify(flag)));
    } else {
      const success = await this.evaluator.one(PROJECT, this.dice.pick(names), context);
      if (success !== undefined) texts.push(success);
    }
    return texts.map((text) => {
      const { variant, metadata } = JSON.parse(text) as { variant: string; metadata: Omit<Answer, 'user' | 'variant'> };
      return { user, variant, source: metadata.source, id: metadata.id, unstored: metadata.unstored === true };
    });
  }

  private get ruleset(): Ruleset {
    return this.rulesets.all[this.revision]!;
  }

  private async rulesetAt(revision: number): Promise<Ruleset | undefined> {
    await turn();
    if (this.dice.once(2)) this.revision = Math.max(this.revision, revision);
    return this.revision < revision ? undefined : this.ruleset;
  }

  /** A call of the store by its connection: it takes a while, and may be carried out where its answer does not come through. */
  private async call<Result>(run: (users: UserStore) => Promise<Result>): Promise<Result> {
    const isLate = this.dice.once(2);
    return this.reach(async () => {
      if ((await this.stores.users.identity()) !== this.marker) throw new UserStoreLost('another store');
      return run(this.stores.users);
    }, isLate);
  }

  private async reach<Result>(run: () => Promise<Result>, isLate = false): Promise<Result> {
    await this.turns();
    if (this.isCutOff && !isLate) throw new UserStoreUnavailable('cut off');
    const result = await run();
    await this.turns();
    if (this.isCutOff) throw new UserStoreUnavailable('cut off before the answer');
    return result;
  }

  private async turns(): Promise<void> {
    for (let left = this.dice.pick([0, 1, 2, 16]); left > 0; left -= 1) await undefined;
  }
}
