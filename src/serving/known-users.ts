import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../domain/json';
import type { Pepper, UserKey } from '../domain/user-key';
import { checkJson } from '../domain/value';
import type { Observations } from '../observations/observations';
import { UserStoreUnavailable, type UserStore } from '../user-store/user-store';
import { checkedUserId, flatProperties, InvalidContext, PROPERTIES_LIMITS } from './context';
import type { Evaluator } from './evaluator';
import type { Exposures } from './exposures';
import type { Rulesets } from './rulesets';
import { membersOf } from './sent-body';

export interface ForgettingOptions {
  readonly users: Pick<UserStore, 'forget' | 'endForget'>;
  readonly observations: Pick<Observations, 'forget'>;
  readonly evaluator: Pick<Evaluator, 'forget'>;
  readonly exposures: Pick<Exposures, 'forget'>;
  /** How long other instances may take to store what they serve by what they have read before; 0: there are none. */
  readonly othersMs: number;
}

export interface Forgotten {
  /** How many user events and exposures were removed. */
  readonly observations: number;
  /** Whether anything of the user was known. */
  readonly wasKnown: boolean;
}

/**
 * Removes all that is known of a user (U4). Whatever the user does meanwhile is removed from both stores, or stays in both. Rejects with
 * `UserStoreUnavailable` or `ObservationsUnavailable`: the same call again leads to the same.
 */
export type Forget = (projectId: string, user: UserKey) => Promise<Forgotten>;

/** A user who sends events all the time is forgotten so often, until none came in between. */
const ROUNDS = 20;

export function forgetting({ users, observations, evaluator, exposures, othersMs }: ForgettingOptions): Forget {
  return async (projectId, user) => {
    let [wasKnown, removed] = [false, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      // The user store first: from here on nothing is served, and so nothing exposed, by what was known of the user.
      if (await users.forget(projectId, user)) wasKnown = true;
      if (round === 0 && othersMs > 0) await sleep(othersMs);
      removed += await exposures.forget(user, () => observations.forget(projectId, user));
      evaluator.forget(projectId, user);
      if (await users.endForget(projectId, user)) return { observations: removed, wasKnown: wasKnown || removed > 0 };
    }
    throw new UserStoreUnavailable('all that was known of the user is removed, but new events came all the time: forget them again');
  };
}

export interface KnownUsersOptions {
  readonly rulesets: Pick<Rulesets, 'current'>;
  readonly observations: Pick<Observations, 'known'>;
  readonly users: Pick<UserStore, 'load' | 'setProperties' | 'link' | 'counters'>;
  readonly forget: Forget;
  readonly pepper: Pepper;
}

/** One thing that is known of a user, as JSON. */
export type KnownItem = { readonly kind: 'user' | 'event' | 'exposure'; readonly [name: string]: unknown };

/**
 * What is kept of users, for the servers of an app: each body names the user, since ids are never in paths (U4). All methods reject with
 * `InvalidContext`, `NoSuchProject`, `UserStoreUnavailable`, `ObservationsUnavailable`, or as the event store does.
 */
export class KnownUsers {
  constructor(private readonly options: KnownUsersOptions) {}

  /** `{"user", "properties"}`: sets properties, and removes those that are null. They last; those of a request come before them. */
  async setProperties(projectId: string, body: unknown): Promise<{ readonly factsVersion: number }> {
    const { user, properties } = membersOf(body, 'the body', ['user', 'properties']);
    const key = await this.keyOf(projectId, user, 'user');
    const changes = flatProperties(properties, 'properties');
    const { users } = this.options;
    // Two changes at once may each add as many: the bound keeps a record small, and need not be exact.
    const stored = (await users.load(projectId, key)).properties;
    const next = Object.fromEntries(Object.entries({ ...stored, ...changes }).filter(([, value]) => value !== null));
    if (Object.keys(next).length > PROPERTIES_LIMITS.count)
      throw new InvalidContext(`the user would have more than ${PROPERTIES_LIMITS.count} properties: set those that are not used to null`);
    const [problem] = checkJson(next, 'properties', PROPERTIES_LIMITS.bounds);
    if (problem !== undefined) throw new InvalidContext(`with those that the user has, ${problem.path} ${problem.message}`);
    return { factsVersion: await users.setProperties(projectId, key, changes) };
  }

  /** `{"user"}`: all that is known of the user: what is kept of them, then each event and exposure. */
  async known(projectId: string, body: unknown): Promise<AsyncIterable<KnownItem>> {
    const { user } = membersOf(body, 'the body', ['user']);
    const key = await this.keyOf(projectId, user, 'user');
    const kept = await this.kept(projectId, key);
    const { observations } = this.options;
    return (async function* () {
      yield kept;
      for await (const { at, receivedAt, ...observation } of observations.known(projectId, key))
        yield { ...observation, at: instant(at), receivedAt: instant(receivedAt) };
    })();
  }

  /** `{"from", "to"}`: gives `to` the assignments of `from`, if it has none (U5). */
  async link(projectId: string, body: unknown): Promise<{ readonly linked: boolean }> {
    const { from, to } = membersOf(body, 'the body', ['from', 'to']);
    const keys = [await this.keyOf(projectId, from, 'from'), await this.keyOf(projectId, to, 'to')] as const;
    return { linked: (await this.options.users.link(projectId, ...keys)) === 'linked' };
  }

  /** `{"user"}`: see `Forget`. */
  async forget(projectId: string, body: unknown): Promise<{ readonly forgotten: boolean }> {
    const { user } = membersOf(body, 'the body', ['user']);
    const { wasKnown } = await this.options.forget(projectId, await this.keyOf(projectId, user, 'user'));
    return { forgotten: wasKnown };
  }

  private async keyOf(projectId: string, userId: unknown, name: string): Promise<UserKey> {
    const checked = checkedUserId(userId, name);
    await this.options.rulesets.current(projectId);
    return this.options.pepper.keyOf(projectId, checked);
  }

  private async kept(projectId: string, user: UserKey): Promise<KnownItem> {
    const { users } = this.options;
    const [{ properties, assignments, overrides, counters }, live] = await Promise.all([
      users.load(projectId, user),
      users.counters(projectId),
    ]);
    return {
      kind: 'user',
      properties: properties as { [name: string]: Json },
      assignments: assignments.map(({ assignedAt, ...assignment }) => ({ ...assignment, assignedAt: instant(assignedAt) })),
      overrides: overrides.map(({ until, ...override }) => ({ ...override, until: instant(until) })),
      counters: live.flatMap(({ id, window }) => {
        const cells = counters.get(id)?.cells ?? [];
        return cells.length === 0 ? [] : [{ window, cells }];
      }),
    };
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
