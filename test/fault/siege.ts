import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mutate, type Address } from './client';
import { Crowd, KEY_LIMIT } from './crowd';
import { difference } from './difference';
import { assertKept, assertTrue, eventsOnDisk } from './disk';
import { shownBy, shownByReplay } from './read-models';
import { ServerProcess, type ServerOptions } from './server-process';
import { Wanderer } from './wanderer';

const PROJECTS = ['shop', 'rest'];
const ENVIRONMENT = { KEY_LIMIT: String(KEY_LIMIT), QUERY_COST: '1000000' };

export interface SiegeOptions extends ServerOptions {
  readonly clients?: number;
  /** Whether clients send again what they got no answer to. */
  readonly insists?: boolean;
}

/** A server on a ledger of its own, and a crowd that asks it for all it can. */
export class Siege {
  readonly crowd: Crowd;
  readonly wanderer: Wanderer;
  private awaited: Promise<ServerProcess>;

  private constructor(
    readonly dataDir: string,
    private server: ServerProcess,
    private readonly token: string,
    private readonly options: SiegeOptions,
  ) {
    this.awaited = Promise.resolve(server);
    const address = async (): Promise<Address> => ({ url: (await this.awaited).url, token });
    const { clients = 64, insists = true } = options;
    this.crowd = new Crowd({ clients, projectId: 'shop', address, insists });
    this.wanderer = new Wanderer('rest', address);
  }

  static async begin(options: SiegeOptions = {}): Promise<Siege> {
    const dataDir = mkdtempSync(join(tmpdir(), 'siege-'));
    const all = { ...options, environment: { ...ENVIRONMENT, ...options.environment } };
    const server = await ServerProcess.start(dataDir, all);
    const { url, token } = server;
    if (token === undefined) throw new Error('the first start printed no token');
    for (const projectId of PROJECTS) {
      const reply = await mutate({ url, token }, 'createProject', 'CreateProjectInput', 'Project', { projectId, name: projectId });
      if (reply.kind !== 'done') throw new Error(`no project: ${JSON.stringify(reply)}`);
    }
    return new Siege(dataDir, server, token, all);
  }

  get process(): ServerProcess {
    return this.server;
  }

  get address(): Address {
    return { url: this.server.url, token: this.token };
  }

  /** kill -9 amid everything, a look at what is on the disk, and a new server. */
  async killAndRestart(): Promise<void> {
    // What anybody sends meanwhile waits for the new server.
    this.awaited = this.server.kill().then(async () => {
      // Nothing is acknowledged any more by the server that is dead, so all that was must be on the disk.
      await this.assertOnDisk();
      return ServerProcess.start(this.dataDir, this.options);
    });
    this.server = await this.awaited;
  }

  async assertOnDisk(): Promise<void> {
    const events = await eventsOnDisk(this.dataDir);
    assertKept(events.get('shop') ?? [], this.crowd.commands);
    const commands = (events.get('rest') ?? []).map(({ commandId }) => commandId);
    for (const id of this.wanderer.pairs) {
      const count = commands.filter((other) => other === id).length;
      if (count !== 0 && count !== 2) throw new Error(`${id} is in the ledger by half: ${count} of 2 events`);
    }
  }

  /** Everybody finishes what they have begun, and goes. */
  async lift(): Promise<void> {
    await Promise.all([this.crowd.leave(), this.wanderer.leave()]);
  }

  /** With nobody writing any more: throws unless the ledger is whole and explains every answer, and the read models are its replay. */
  async assertTruth(): Promise<{ readonly events: number; readonly commands: number; readonly done: number }> {
    const onDisk = await eventsOnDisk(this.dataDir);
    const events = onDisk.get('shop') ?? [];
    assertTrue(events, this.crowd.commands);
    await this.assertOnDisk();
    const [shown, replayed] = [await shownBy(this.address, PROJECTS), await shownByReplay(onDisk, PROJECTS)];
    if (shown !== replayed) throw new Error(`the read models are not the replay: ${difference(shown, replayed)}`);
    const done = this.crowd.commands.filter(({ answer }) => answer === 'done').length;
    return { events: events.length, commands: this.crowd.commands.length, done };
  }

  async end(): Promise<void> {
    this.crowd.abandon();
    void this.wanderer.leave().catch(() => {});
    await this.server.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Kills the server so many times while the crowd writes, and judges what is left. */
export async function withstandKills(kills: number): Promise<{ readonly lost: number; readonly done: number }> {
  const siege = await Siege.begin();
  try {
    for (let count = 0; count < kills; count += 1) {
      await sleep(300 + Math.random() * 700);
      await siege.killAndRestart();
    }
    await sleep(300);
    await siege.lift();
    const { done } = await siege.assertTruth();
    return { lost: siege.crowd.commands.filter(({ troubles }) => troubles.includes('lost')).length, done };
  } finally {
    await siege.end();
  }
}

/** Lets the crowd write for so long, and judges what is left. */
export async function withstandHammering(milliseconds: number): Promise<{ readonly events: number; readonly done: number }> {
  const siege = await Siege.begin();
  try {
    await sleep(milliseconds);
    await siege.lift();
    const troubles = siege.crowd.commands.flatMap((command) => command.troubles);
    if (troubles.length > 0) throw new Error(`nothing was in the way, but clients met ${[...new Set(troubles)].join()}`);
    return await siege.assertTruth();
  } finally {
    await siege.end();
  }
}
