import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '../redis/connection';
import type { UserStoreKeys } from './redis-keys';
import { UserStoreLost, UserStoreUnfit } from './user-store';

/** What a Redis must be set to, so that what it acknowledged is on its disk and is not evicted. */
const REQUIRED: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  'no-appendfsync-on-rewrite': 'no',
  'maxmemory-policy': 'noeviction',
};

/** Rejects with `UserStoreUnfit`, which says what to set, unless every master keeps what it acknowledges. */
export async function assertDurable(connection: RedisConnection): Promise<void> {
  const found = await connection.askMasters((node) =>
    Promise.all(Object.keys(REQUIRED).map(async (name) => [name, await valueOf(node, name)] as const)),
  );
  const wrong = new Set(
    found.flat().flatMap(([name, value]) => (value === REQUIRED[name] ? [] : [`${name} ${REQUIRED[name]} (it is ${value})`])),
  );
  if (wrong.size > 0)
    throw new UserStoreUnfit(`this Redis would lose what it acknowledged. Set ${[...wrong].join(', ')}, or name another one`);
}

async function valueOf(node: { call(name: string, ...args: string[]): Promise<unknown> }, name: string): Promise<unknown> {
  try {
    return ((await node.call('CONFIG', 'GET', name)) as string[])[1];
  } catch (error) {
    if (!/^(NOPERM|ERR unknown command)/.test((error as Error).message)) throw error;
    throw new UserStoreUnfit(
      'whether this Redis keeps what it acknowledges cannot be asked: allow its user the command CONFIG GET, or name another Redis',
      { cause: error },
    );
  }
}

const MAKING = 'making ';

/**
 * Which store is in a Redis (U6): a marker in each bucket, written when it was first opened. That there is one in each is what tells a store that
 * has lost nothing from one that was emptied, or whose cluster lost a node.
 */
export class RedisIdentity {
  constructor(
    private readonly connection: RedisConnection,
    private readonly keys: UserStoreKeys,
    private readonly pepperId: string,
  ) {}

  /** What the markers of the store are; makes them where there are none. undefined: only some are there. */
  async open(): Promise<string | undefined> {
    let markers = await this.read();
    // Whichever instance comes first decides; a making that was broken off is finished.
    if (markers.every((marker) => marker === null)) {
      await this.connection.ask((client) => client.set(this.keys.markers[0]!, `${MAKING}${randomUUID()} ${this.pepperId}`, 'NX'));
      markers = await this.read();
    }
    const [first] = markers;
    const marker = first?.startsWith(MAKING) ? await this.make(first.slice(MAKING.length)) : whole(markers);
    if (marker === undefined) return undefined;
    const pepperId = marker.split(' ')[1];
    if (pepperId !== this.pepperId) {
      throw new UserStoreUnfit(
        `this user store was made with another pepper (${pepperId}, not ${this.pepperId}), so no user would be found in it: bring the pepper back, or use another Redis`,
      );
    }
    return marker;
  }

  /** undefined: a part is missing, or is of another store. */
  async id(): Promise<string | undefined> {
    return whole(await this.read())?.split(' ')[0];
  }

  /** Those of a store that has taken the place of the one with the marker `before`; makes new ones where there is none. */
  async replaced(before: string): Promise<string> {
    const marker = await this.open();
    return marker === undefined || marker === before ? this.renew() : marker;
  }

  private async renew(): Promise<string> {
    const marker = `${randomUUID()} ${this.pepperId}`;
    await this.connection.ask((client) => client.set(this.keys.markers[0]!, `${MAKING}${marker}`));
    return this.make(marker);
  }

  private async make(marker: string): Promise<string> {
    const [first, ...others] = this.keys.markers as [string, ...string[]];
    await this.connection.ask((client) => Promise.all(others.map((key) => client.set(key, marker))));
    await this.connection.ask((client) => client.set(first, marker));
    return marker;
  }

  private read(): Promise<readonly (string | null)[]> {
    return this.connection.read((client) => Promise.all(this.keys.markers.map((key) => client.get(key))));
  }
}

export function lost(): UserStoreLost {
  return new UserStoreLost(
    'the user store in Redis is not the one that was opened: it was emptied, or has lost a part. Nothing is assigned until it is rebuilt from observations, or the loss is accepted',
  );
}

function whole([first, ...others]: readonly (string | null)[]): string | undefined {
  return typeof first === 'string' && !first.startsWith(MAKING) && others.every((marker) => marker === first) ? first : undefined;
}
