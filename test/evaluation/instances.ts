import { assign, type Assigned, type AssignmentStore } from '../../src/evaluation/assign';
import { conflict } from '../../src/domain/reach';
import { HOUR_MS } from '../../src/evaluation/counter';
import { compileRuleset, type Ruleset } from '../../src/evaluation/ruleset';
import { EMPTY_RECORD, type Assignment, type AssignResult, type UserRecord } from '../../src/evaluation/user-record';
import type { Ledger } from '../fixtures/ledger';
import type { Dice } from '../property/dice';
import { follow, HOUR, NOTHING_FOLLOWED } from './played';
import { randomProperties } from './random-project';

/* Several instances that share a user store, each of which has heard of the project up to a revision of its own. */

/** A store in memory whose every call takes a random number of turns, so that calls of concurrent requests meet in every order. */
export class SlowStore {
  readonly records = new Map<string, UserRecord>();
  /** How often a conditional write came too late. */
  lost = 0;

  constructor(private readonly dice: Dice) {}

  async load(userId: string): Promise<UserRecord> {
    await this.turns();
    const record = this.records.get(userId) ?? EMPTY_RECORD;
    await this.turns();
    return record;
  }

  of(userId: string): AssignmentStore {
    return { assign: (version, assignments) => this.assign(userId, version, assignments) };
  }

  private async assign(userId: string, version: number, assignments: readonly Assignment[]): Promise<AssignResult> {
    await this.turns();
    const record = this.records.get(userId) ?? EMPTY_RECORD;
    if (record.assignmentVersion !== version) {
      this.lost += 1;
      await this.turns();
      return { stored: false, record };
    }
    const assignmentVersion = version + 1;
    this.records.set(userId, { ...record, assignmentVersion, assignments: [...record.assignments, ...assignments] });
    await this.turns();
    return { stored: true, assignmentVersion };
  }

  private async turns(): Promise<void> {
    for (let left = this.dice.roll(4); left > 0; left -= 1) await undefined;
  }
}

/** The rulesets of a history, by revision. */
export class Rulesets {
  readonly all: Ruleset[] = [];
  private followed = NOTHING_FOLLOWED;

  follow({ events }: Ledger): void {
    for (const event of events.slice(this.all.length)) {
      this.followed = follow(this.followed, event);
      const { state, servingRevision } = this.followed;
      this.all.push(compileRuleset(state, servingRevision, this.all.at(-1)));
    }
  }
}

export class Instance {
  private revision = 0;
  /** How often an assignment of another instance was newer than the ruleset. */
  waited = 0;

  constructor(
    private readonly rulesets: Rulesets,
    private readonly store: SlowStore,
    private readonly dice: Dice,
  ) {}

  get ruleset(): Ruleset {
    return this.rulesets.all[this.revision]!;
  }

  /** Hears of all that has happened, of some of it, or of nothing. */
  advance(): void {
    const unheard = this.rulesets.all.length - 1 - this.revision;
    this.revision += this.dice.pick([unheard, 0, this.dice.roll(unheard + 1)]);
  }

  /** One request, with facts of its own. */
  async request(userId: string): Promise<Assigned> {
    const record = await this.store.load(userId);
    return assign({
      ruleset: this.ruleset,
      record,
      facts: { userId, properties: randomProperties(this.dice) },
      nowMs: HOUR * HOUR_MS,
      keys: this.dice.once(3) ? undefined : this.dice.some([...this.ruleset.keys.keys()], 1, 2),
      store: this.store.of(userId),
      rulesetAt: (revision) => this.rulesetAt(revision),
    });
  }

  private async rulesetAt(revision: number): Promise<Ruleset | undefined> {
    this.waited += 1;
    await undefined;
    if (this.dice.once(2)) this.revision = Math.max(this.revision, revision);
    return this.revision < revision ? undefined : this.ruleset;
  }
}

/** Pairs of a user's assignments of which both experiments ran at one revision, and conflict (X4); by revision of the history. */
export function conflicts(rulesets: readonly Ruleset[], assignments: readonly Assignment[]): readonly string[] {
  return rulesets.flatMap(({ revision, running }) => {
    const having = running.filter(({ id }) =>
      assignments.some((assignment) => assignment.experiment === id && assignment.revision <= revision),
    );
    return having.flatMap((a, index) =>
      having.slice(0, index).flatMap((b) => (conflict(a.from, b.from) ? [`${a.from.name} and ${b.from.name} at ${revision}`] : [])),
    );
  });
}
