import { spawn, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Logger } from 'pino';
import { type BuiltDashboard, readBuilt } from './built-files';

export type DashboardState =
  { readonly kind: 'building' } | { readonly kind: 'built'; readonly built: BuiltDashboard } | { readonly kind: 'failed' };

/** Where the dashboard comes from: a directory that was built ahead, or a script that builds it and prints the directory. */
export type DashboardSource = { readonly directory: string } | { readonly script: string };

/** What a failed build may say in the log, in characters. */
const MAX_OUTPUT_CHARACTERS = 10_000;

/** The browser application: built by a process of its own, while the server answers already. */
export class Dashboard {
  state: DashboardState = { kind: 'building' };
  private started: Promise<void> | undefined;
  private child: ChildProcess | undefined;
  private isStopped = false;

  constructor(
    private readonly source: DashboardSource,
    private readonly logger: Pick<Logger, 'info' | 'error'>,
  ) {}

  /** Begins to build it, once. Resolves when it can be served, or cannot be built: which of them, `state` and the log say. */
  start(): Promise<void> {
    return (this.started ??= this.prepare());
  }

  stop(): void {
    this.isStopped = true;
    this.child?.kill('SIGKILL');
  }

  private async prepare(): Promise<void> {
    try {
      const directory = 'directory' in this.source ? this.source.directory : await this.build(this.source.script);
      this.state = { kind: 'built', built: await readBuilt(directory) };
      this.logger.info({ directory }, 'the dashboard is built');
    } catch (error) {
      if (this.isStopped) return;
      this.state = { kind: 'failed' };
      this.logger.error({ err: error }, 'the dashboard could not be built; all else is served');
    }
  }

  private build(script: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
      this.child = child;
      lowerPriority(child.pid);
      let [output, errors] = ['', ''];
      child.stdout.on('data', (data) => (output += String(data)));
      child.stderr.on('data', (data) => (errors = `${errors}${String(data)}`.slice(0, MAX_OUTPUT_CHARACTERS)));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.child = undefined;
        if (code === 0) resolve(output.trim());
        else reject(new Error(`The build ended with ${signal ?? code}: ${errors.trim()}`));
      });
    });
  }
}

/** The server's requests go first. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not allow it: the build is a matter of seconds.
  }
}
