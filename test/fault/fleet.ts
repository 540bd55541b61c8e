import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projections, PROJECTION_VERSION } from '../../projections';
import type { Envelope } from '../../src/domain/event';
import { schemaVersions, upcasts } from '../../src/domain/decider';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { createUpcaster } from '../../src/event-store/upcast';
import { issueToken, openSecret } from '../../src/http/tokens';
import { replay } from '../../src/projector/replay';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { RedisGenerations } from '../../src/read-model/redis-generations';
import { identityOf } from '../../src/stores';
import { dump } from '../fixtures/dump';
import { eventually } from '../fixtures/eventually';
import { RedisServer } from '../fixtures/redis-server';
import { TcpProxy } from '../fixtures/tcp-proxy';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { mutate } from './client';
import { Member } from './member';
import { shownBy, shownByReplay } from './read-models';
import type { ServerOptions } from './server-process';
import { difference } from './difference';

/** Of users these tests ask nothing. */
const USERS_APART = { USER_STORE: 'memory:', OBSERVATIONS: 'memory:', SINGLE_INSTANCE: 'true' };

export interface FleetOptions {
  /** One for each instance, beside what all of them are given. */
  readonly instances: readonly ServerOptions[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly projects?: readonly string[];
  /** How the instances are started at first. */
  readonly as?: 'ready' | 'listening';
  /** Starts the first one before the others, so that it leads. */
  readonly firstLeads?: boolean;
  /** Whether the instances run in this process, where they are neither killed nor frozen, and start sooner. */
  readonly here?: boolean;
  /** Whether each goes to Redis by a way of its own, which can be cut. */
  readonly cuttable?: boolean;
  /** A real KurrentDB in place of the stand-in. */
  readonly storeUrl?: string;
  /** What is not there yet when they are. */
  readonly away?: 'redis' | 'store';
}

/**
 * Several instances of the product, each a process of its own unless they are to run here, on one KurrentDB, which is the stand-in unless another is named, and one Redis, which
 * is real. They sign tokens with one secret.
 */
export class Fleet {
  private constructor(
    readonly redis: RedisServer,
    readonly store: KurrentStandIn,
    readonly members: readonly Member[],
    /** Each instance's way to Redis, if they are cuttable. */
    readonly ways: readonly TcpProxy[],
    readonly projects: readonly string[],
    private readonly dataDir: string,
    private readonly storeUrl: string,
  ) {}

  static async begin({
    instances,
    environment = {},
    projects = ['shop'],
    as = 'ready',
    firstLeads = false,
    here = false,
    cuttable = false,
    storeUrl,
    away,
  }: FleetOptions): Promise<Fleet> {
    const dataDir = mkdtempSync(join(tmpdir(), 'fleet-'));
    const [redis, store, secret] = await Promise.all([RedisServer.start(), KurrentStandIn.start(), openSecret(dataDir)]);
    const token = await issueToken(secret.bytes, { subject: 'ops', kind: 'user', roles: { '*': ['admin'] }, ttlMs: 3_600_000 });
    const ways = await Promise.all(cuttable ? instances.map(() => TcpProxy.start(redis.port)) : []);
    const eventStore = storeUrl ?? store.url;
    const members = instances.map((own, index) => {
      const stores = { EVENT_STORE: eventStore, READ_MODEL: `redis://127.0.0.1:${(ways[index] ?? redis).port}` };
      // Files of users are for one process, and these share a directory.
      const all = { ...stores, ...USERS_APART, QUERY_COST: '1000000', ...environment, ...own.environment };
      return new Member(dataDir, token, { ...own, environment: all }, here);
    });
    const fleet = new Fleet(redis, store, members, ways, projects, dataDir, eventStore);
    try {
      if (away === 'redis') await redis.kill();
      if (away === 'store') await store.stop();
      if (firstLeads) await members[0]?.start(as);
      await Promise.all(members.slice(firstLeads ? 1 : 0).map((member) => member.start(as)));
      if (as === 'ready') await fleet.createProjects();
    } catch (error) {
      await fleet.end();
      throw error;
    }
    return fleet;
  }

  async createProjects(): Promise<void> {
    for (const projectId of this.projects) {
      const reply = await mutate(this.member(0).address, 'createProject', 'CreateProjectInput', 'Project', { projectId, name: projectId });
      if (reply.kind !== 'done') throw new Error(`no project: ${JSON.stringify(reply)}`);
    }
  }

  way(index: number): TcpProxy {
    const way = this.ways[index];
    if (way === undefined) throw new Error('this fleet has no ways of its own: begin it as cuttable');
    return way;
  }

  member(index: number): Member {
    const member = this.members[index];
    if (member === undefined) throw new Error(`there is no instance ${index}`);
    return member;
  }

  /** Waits until exactly one of those that answer projects and all of them are up to date; answers which. */
  async leader(): Promise<number> {
    let leader = -1;
    await eventually('one instance leads, and all that are up are live', async () => {
      const statuses = await Promise.all(this.members.map((member) => member.status()));
      const up = statuses.flatMap((status, index) => (this.member(index).up ? [status] : []));
      leader = statuses.findIndex((status) => status?.leads === true);
      return up.every((status) => status?.state === 'LIVE') && up.filter((status) => status?.leads).length === 1;
    });
    return leader;
  }

  /** All events of all projects, in the order of each project's revisions, through the product's own client. */
  async events(): Promise<Map<string, Envelope[]>> {
    const store = await KurrentEventStore.open(this.storeUrl);
    const byProject = new Map<string, Envelope[]>(this.projects.map((id) => [id, []]));
    try {
      for await (const { event } of store.readAll()) byProject.get(event.projectId)?.push(event);
      return byProject;
    } finally {
      await store.close();
    }
  }

  /** With no one writing: throws unless every one of these instances shows, and Redis holds, what a fresh replay of the store gives, byte for byte. */
  async assertReplay(projects = this.projects, members = this.members): Promise<Map<string, Envelope[]>> {
    const events = await this.events();
    const replayed = await shownByReplay(events, projects);
    await this.leader();
    for (const [index, member] of members.entries()) {
      if (!member.up) continue;
      const shown = await shownBy(member.address, projects);
      if (shown !== replayed) throw new Error(`instance ${index} does not show the replay: ${difference(shown, replayed)}`);
    }
    await this.assertRedis(events, projects);
    return events;
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    await Promise.all(this.ways.map((way) => way.stop()));
    await this.store.dispose();
    await this.redis.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async assertRedis(events: ReadonlyMap<string, readonly Envelope[]>, projects: readonly string[]): Promise<void> {
    const fresh = createMemoryReadModel();
    const upcast = createUpcaster(schemaVersions, upcasts, new Set());
    await replay({ events: [...events.values()].flat(), readModel: fresh, projections, upcast });
    const store = await KurrentEventStore.open(this.storeUrl);
    const generations = await RedisGenerations.open(this.redis.address(), identityOf(store));
    try {
      const { readModel } = await generations.open(await generations.live(PROJECTION_VERSION));
      const collections = projections.map(({ collection }) => collection);
      try {
        for (const projectId of projects) {
          const [held, replayed] = [await dump(readModel, projectId, collections), await dump(fresh, projectId, collections)];
          if (held !== replayed) throw new Error(`Redis does not hold the replay of ${projectId}: ${difference(held, replayed)}`);
        }
      } finally {
        await generations.release({ readModel });
      }
    } finally {
      await generations.close();
      await store.close();
    }
  }
}

/** Waits until an instance is ready; if it is not, fails with what it says is missing. */
export async function untilReady(member: Member, milliseconds?: number): Promise<void> {
  let said = '';
  const isReady = async (): Promise<boolean> => {
    const { status, text } = await member.readiness();
    said = text;
    return status === 200;
  };
  try {
    await eventually('it is ready', isReady, milliseconds);
  } catch (error) {
    throw new Error(`${(error as Error).message}: ${said}`, { cause: error });
  }
}
