import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../fixtures/eventually';
import { mutate, type Address } from './client';
import { KeyWriters, KEY_LIMIT } from './key-writers';
import { difference } from './difference';
import { assertKept, assertTrue, eventsOnDisk } from './disk';
import { shownBy, shownByReplay } from './read-models';
import { ServerProcess, type ServerOptions } from './server-process';
import { MixedWriter } from './mixed-writer';

const PROJECTS = ['shop', 'rest'];
const ENVIRONMENT = { KEY_LIMIT: String(KEY_LIMIT), QUERY_COST: '1000000' };

export interface LoadedServerOptions extends ServerOptions {
  readonly clients?: number;
  /** Whether clients send a command again that got no answer. */
  readonly retries?: boolean;
}

/** A server on a ledger of its own under load from many clients. */
export class LoadedServer {
  readonly writers: KeyWriters;
  readonly mixedWriter: MixedWriter;
  private awaited: Promise<ServerProcess>;

  private constructor(
    readonly dataDir: string,
    private server: ServerProcess,
    private readonly token: string,
    private readonly options: LoadedServerOptions,
  ) {
    this.awaited = Promise.resolve(server);
    const address = async (): Promise<Address> => ({ url: (await this.awaited).url, token });
    const { clients = 64, retries: insists = true } = options;
    this.writers = new KeyWriters({ clients, projectId: 'shop', address, retries: insists });
    this.mixedWriter = new MixedWriter('rest', address);
  }

  static async begin(options: LoadedServerOptions = {}): Promise<LoadedServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'loaded-'));
    const all = { ...options, environment: { ...ENVIRONMENT, ...options.environment } };
    const server = await ServerProcess.start(dataDir, all);
    const { url, token } = server;
    if (token === undefined) throw new Error('the first start printed no token');
    for (const projectId of PROJECTS) {
      const reply = await mutate({ url, token }, 'createProject', 'CreateProjectInput', 'Project', { projectId, name: projectId });
      if (reply.kind !== 'done') throw new Error(`no project: ${JSON.stringify(reply)}`);
    }
    return new LoadedServer(dataDir, server, token, all);
  }

  get process(): ServerProcess {
    return this.server;
  }

  get address(): Address {
    return { url: this.server.url, token: this.token };
  }

  /** kill -9 under load, a check of what is on the disk, and a new server. */
  async killAndRestart(): Promise<void> {
    // Commands sent meanwhile wait for the new server.
    this.awaited = this.server.kill().then(async () => {
      // The dead server acknowledges nothing more, so every acknowledged event must be on the disk.
      await this.assertOnDisk();
      return ServerProcess.start(this.dataDir, this.options);
    });
    this.server = await this.awaited;
  }

  async assertOnDisk(): Promise<void> {
    const events = await eventsOnDisk(this.dataDir);
    assertKept(events.get('shop') ?? [], this.writers.commands);
    const commands = (events.get('rest') ?? []).map(({ commandId }) => commandId);
    for (const id of this.mixedWriter.pairs) {
      const count = commands.filter((other) => other === id).length;
      if (count !== 0 && count !== 2) throw new Error(`${id} is in the ledger by half: ${count} of 2 events`);
    }
  }

  /** Resolves when every client has finished its command in flight. */
  async stopWriting(): Promise<void> {
    await Promise.all([this.writers.stop(), this.mixedWriter.stop()]);
  }

  /** After `stopWriting`: throws unless the ledger is whole and explains every answer, and the read models equal its replay. */
  async assertTruth(): Promise<{ readonly events: number; readonly commands: number; readonly done: number }> {
    const onDisk = await eventsOnDisk(this.dataDir);
    const events = onDisk.get('shop') ?? [];
    assertTrue(events, this.writers.commands);
    await this.assertOnDisk();
    const [shown, replayed] = [await shownBy(this.address, PROJECTS), await shownByReplay(onDisk, PROJECTS)];
    if (shown !== replayed) throw new Error(`the read models are not the replay: ${difference(shown, replayed)}`);
    return { events: events.length, commands: this.writers.commands.length, done: this.writers.done };
  }

  async end(): Promise<void> {
    this.writers.abandon();
    void this.mixedWriter.stop().catch(() => {});
    await this.server.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Kills the server this many times while the clients write, and checks the result. */
export async function writeThroughKills(kills: number, clients = 64): Promise<{ readonly lost: number; readonly done: number }> {
  const loaded = await LoadedServer.begin({ clients });
  try {
    for (let count = 0; count < kills; count += 1) {
      await sleep(300 + Math.random() * 700);
      await loaded.killAndRestart();
    }
    // How much is written in a time depends on the machine.
    await eventually('enough was written', () => loaded.writers.done > 10);
    await loaded.stopWriting();
    const { done } = await loaded.assertTruth();
    return { lost: loaded.writers.commands.filter(({ errors: troubles }) => troubles.includes('lost')).length, done };
  } finally {
    await loaded.end();
  }
}

/** Lets the clients write for this long, and checks the result. */
export async function writeConcurrently(milliseconds: number): Promise<{ readonly events: number; readonly done: number }> {
  const loaded = await LoadedServer.begin();
  try {
    await sleep(milliseconds);
    await loaded.stopWriting();
    const troubles = loaded.writers.commands.flatMap((command) => command.errors);
    if (troubles.length > 0) throw new Error(`nothing was in the way, but clients met ${[...new Set(troubles)].join()}`);
    return await loaded.assertTruth();
  } finally {
    await loaded.end();
  }
}
