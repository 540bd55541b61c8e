import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { LOAD_TYPESCRIPT } from '../fixtures/load-typescript';

const ROOT = join(__dirname, '../..');

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it had written to standard error, the log included. */
  readonly log: string;
}

export interface ServerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** A module that is loaded before the server, to replace what it uses. */
  readonly preload?: string;
}

/** The product as it is run: `bin/experience-ledger start` in a process of its own, on any free port. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** The admin's, if this was the first start in its directory. */
    readonly token: string | undefined,
    /** The one that signs a browser in, if this was the first start in its directory. */
    readonly link: string | undefined,
    private readonly gone: Promise<Exit>,
    private readonly logged: () => string,
  ) {}

  /** Resolves when it is ready, or with how it ended if it never was. */
  static launch(dataDir: string, options: ServerOptions = {}): Promise<ServerProcess | Exit> {
    return ServerProcess.spawn(dataDir, options, 'ready');
  }

  /** Resolves as soon as it listens, ready or not. */
  static listen(dataDir: string, options: ServerOptions = {}): Promise<ServerProcess> {
    return orThrow(ServerProcess.spawn(dataDir, { ...options, environment: { ...options.environment, LOG_LEVEL: 'info' } }, 'listening'));
  }

  private static async spawn(
    dataDir: string,
    { environment = {}, preload }: ServerOptions,
    as: 'ready' | 'listening',
  ): Promise<ServerProcess | Exit> {
    const load = preload === undefined ? [] : [...LOAD_TYPESCRIPT, '--require', preload];
    const child = spawn(process.execPath, [...load, join(ROOT, 'bin/experience-ledger'), 'start', '--json'], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        DATA_DIR: dataDir,
        PORT: '0',
        LOG_LEVEL: 'warn',
        DASHBOARD: 'false',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    let listens: (url: string) => void = () => {};
    const listening = new Promise<string>((resolve) => (listens = resolve));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const entry = /^.*"msg":"listening".*\n/m.exec(log)?.[0];
      if (entry !== undefined) listens(entry);
    });
    const gone = once(child, 'close').then(([code, signal]) => ({ code, signal, log }) as Exit);
    let line = '';
    const ready = new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        line += text;
        if (line.endsWith('\n')) resolve(line);
      });
    });
    const first = await Promise.race([as === 'ready' ? ready : listening, gone]);
    if (typeof first !== 'string') return first;
    const { url, token, link } = JSON.parse(first) as { url: string; token?: string; link?: string };
    return new ServerProcess(child, url, token, link, gone, () => log);
  }

  static start(dataDir: string, options?: ServerOptions): Promise<ServerProcess> {
    return orThrow(ServerProcess.launch(dataDir, options));
  }

  /** What it has written to standard error so far. */
  get log(): string {
    return this.logged();
  }

  /** kill -9: nothing of it runs any more when this resolves. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  /** As an operator, or a container's end, stops it. */
  stop(): Promise<Exit> {
    this.child.kill('SIGTERM');
    return this.gone;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

async function orThrow(launched: Promise<ServerProcess | Exit>): Promise<ServerProcess> {
  const server = await launched;
  if (server instanceof ServerProcess) return server;
  throw new Error(`the server did not start (exit code ${server.code}): ${server.log}`);
}
