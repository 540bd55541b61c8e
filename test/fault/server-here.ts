import { buildLogger } from '../../src/http/logger';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import type { ServerOptions } from './server-process';

/** The product in this process: for tests that neither kill nor freeze it, since a process of its own takes seconds to start. */
export class ServerHere {
  readonly log = '';

  private constructor(private readonly running: Running) {}

  /** Resolves when it is ready, or as soon as it listens. */
  static async start(
    dataDir: string,
    { environment = {}, preload }: ServerOptions = {},
    as: 'ready' | 'listening' = 'ready',
  ): Promise<ServerHere> {
    if (preload !== undefined) throw new Error('what is loaded before a server asks for a process of its own');
    const settings = readSettings({ DATA_DIR: dataDir, PORT: '0', DASHBOARD: 'false', ...environment });
    const running = await start(settings, { logger: buildLogger('silent') });
    if (as === 'ready') await running.ready;
    return new ServerHere(running);
  }

  get url(): string {
    return this.running.url;
  }

  /** The admin's, if this was the first start in its directory. */
  get token(): string | undefined {
    return this.running.firstToken;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  /** Stops it: what runs here cannot be killed. */
  kill(): Promise<void> {
    return this.stop();
  }

  signal(): never {
    throw new Error('a server in this process gets no signals');
  }
}
