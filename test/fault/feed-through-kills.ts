import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Analyst } from './analyst';
import { mutate, type Address } from './client';
import { ServerProcess } from './server-process';

export interface FeedFaultPlan {
  readonly changes: number;
  readonly subscribers: number;
  readonly kills: number;
  /** The longest time that an analyst stays connected. */
  readonly maxStayMs: number;
  readonly instances?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** The ids of the project's events as the store has them, in order; asked for when all has been written. */
  readonly idsInStore: (dataDir: string) => Promise<readonly string[]>;
}

export interface FollowResult {
  readonly events: number;
  readonly connections: number;
  readonly tookMs: number;
}

const WRITERS = 32;
const KEYS = 20;

/**
 * Writes `changes` changes while `subscribers` analysts follow from the start, each disconnecting at random and resuming after its last cursor, while servers are
 * killed (kill -9) and started again, one after the other. Throws unless in the end each analyst has each change once, in order.
 */
export async function followThroughKills(loaded: FeedFaultPlan): Promise<FollowResult> {
  const { changes, subscribers, kills, instances = 1, environment = {} } = loaded;
  const dirs = Array.from({ length: instances }, () => mkdtempSync(join(tmpdir(), 'feed-loaded-')));
  const options = { environment: { SUBSCRIPTIONS_PER_TOKEN: String(subscribers * 3), ...environment } };
  const servers: Promise<ServerProcess>[] = [];
  const analysts: Analyst[] = [];
  const began = performance.now();
  try {
    const first = await ServerProcess.start(dirs[0]!, options);
    const { token } = first;
    if (token === undefined) throw new Error('the first start printed no token');
    servers.push(Promise.resolve(first));
    for (const dir of dirs.slice(1)) {
      cpSync(join(dirs[0]!, 'secret'), join(dir, 'secret'));
      servers.push(ServerProcess.start(dir, options));
    }
    const anyServer = async (): Promise<Address> => {
      const { url } = await (servers[Math.floor(Math.random() * servers.length)] as Promise<ServerProcess>);
      return { url, token };
    };
    await Promise.all(servers);
    await setUp(await anyServer());
    for (let number = 0; number < subscribers; number += 1) analysts.push(new Analyst(number, anyServer, loaded.maxStayMs));

    let written = 1 + KEYS;
    const writing = Array.from({ length: WRITERS }, async () => {
      for (let change = ++written; change <= changes; change = ++written) await write(change, anyServer);
    });
    for (let kill = 1; kill <= kills; kill += 1) {
      while (written < (changes * kill) / (kills + 1)) await sleep(10);
      const turn = kill % instances;
      const dying = await (servers[turn] as Promise<ServerProcess>);
      servers[turn] = dying.kill().then(() => ServerProcess.start(dirs[turn]!, options));
      // With several, one at a time: while one is away the others go on.
      if (instances > 1) await servers[turn];
    }
    await Promise.all(writing);
    const ids = await loaded.idsInStore(dirs[0]!);
    if (ids.length !== changes) throw new Error(`${changes} changes were acknowledged, and ${ids.length} are in the ledger`);
    await assertAllSeen(analysts, ids);
    const connections = analysts.reduce((sum, analyst) => sum + analyst.connections, 0);
    return { events: ids.length, connections, tookMs: performance.now() - began };
  } finally {
    await Promise.all(analysts.map((analyst) => analyst.stop()));
    for (const server of await Promise.allSettled(servers)) if (server.status === 'fulfilled') await server.value.kill();
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  }
}

async function setUp(address: Address): Promise<void> {
  const project = await mutate(address, 'createProject', 'CreateProjectInput', 'Project', { projectId: 'shop', name: 'Shop' });
  if (project.kind !== 'done') throw new Error(`no project: ${JSON.stringify(project)}`);
  for (let key = 0; key < KEYS; key += 1) {
    const input = { projectId: 'shop', name: `key_${key}`, type: 'NUMBER', defaultValue: 0 };
    const created = await mutate(address, 'createKey', 'CreateKeyInput', 'Key', input, 'name');
    if (created.kind !== 'done') throw new Error(`no key: ${JSON.stringify(created)}`);
  }
}

/** Sends the command until it is acknowledged, with one command id, so that it takes effect once. */
async function write(change: number, address: () => Promise<Address>): Promise<void> {
  const input = { projectId: 'shop', commandId: `change-${change}`, name: `key_${change % KEYS}`, defaultValue: change };
  for (;;) {
    const reply = await mutate(await address(), 'editKey', 'EditKeyInput', 'Key', input, 'name');
    if (reply.kind === 'done') return;
    if (reply.kind === 'refused') throw new Error(`change ${change} was refused: ${reply.code}`);
    await sleep(20);
  }
}

/** Waits as long as changes still arrive. */
async function assertAllSeen(analysts: readonly Analyst[], ids: readonly string[]): Promise<void> {
  let [before, quiet] = [-1, 0];
  while (analysts.some((analyst) => analyst.ids.length < ids.length) && quiet < 200) {
    await sleep(100);
    const seen = analysts.reduce((sum, analyst) => sum + analyst.ids.length, 0);
    quiet = seen === before ? quiet + 1 : 0;
    before = seen;
  }
  for (const { ids: seen, number, way } of analysts) {
    const wrong = ids.findIndex((id, at) => seen[at] !== id);
    if (wrong === -1 && seen.length === ids.length) continue;
    const twice = seen.length - new Set(seen).size;
    throw new Error(
      `analyst ${number} (${way}) has ${seen.length} of ${ids.length} changes, ${twice} of them twice; the first wrong is at ${wrong}`,
    );
  }
}
