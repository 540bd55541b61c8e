import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../../src/application/caller';
import { issueToken, openSecret } from '../../../src/http/tokens';
import type { FromChild, Measured } from './child';
import { LOAD_TYPESCRIPT } from '../../fixtures/load-typescript';

const HEAP_MB = 512;
/** Room for what requests may add, which is no leak, so little that it is used up by the first thousand. */
const ROOM = {
  KEY_LIMIT: '160',
  SEGMENT_LIMIT: '80',
  GOAL_LIMIT: '40',
  FLAG_LIMIT: '30',
  CONFIG_LIMIT: '20',
  EXPERIMENT_LIMIT: '20',
  PROJECT_LIMIT: '3',
  AS_OF_MEMORY: '16',
};
/** What `npm start` and the image give to Node; a test holds them to be the same. */
const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as { scripts: { start: string } };
const FLAGS = scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** The product in a process of its own, with little memory, that says how it is. */
export class Target {
  /** Lines of its log: there should be none. */
  readonly log: string[] = [];
  /** What the process did when it ended, if it has. */
  exit: string | undefined;
  onSlowTurn: (milliseconds: number) => void = () => {};

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly url: string,
    private readonly secret: Uint8Array,
  ) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.log.push(text));
    child.on('exit', (code, signal) => (this.exit = `code ${code}, signal ${signal}`));
    child.on('message', (message: FromChild) => {
      if ('slowTurnMs' in message) this.onSlowTurn(message.slowTurnMs);
    });
  }

  static async start(): Promise<Target> {
    const directory = await mkdtemp(join(tmpdir(), 'ledger-hostile-'));
    const { bytes } = await openSecret(directory);
    const child = fork(join(__dirname, 'child.ts'), {
      execArgv: [...FLAGS, `--max-old-space-size=${HEAP_MB}`, ...LOAD_TYPESCRIPT],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: directory, PORT: '0', ...ROOM },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => [`it ended with ${code}`])])) as [
      FromChild | string,
    ];
    if (typeof first === 'string' || !('url' in first)) throw new Error(`the server did not start: ${JSON.stringify(first)}`);
    return new Target(child, directory, first.url, bytes);
  }

  token(subject: string, roles: Readonly<Record<string, readonly Role[]>>, ttl = 3_600_000): Promise<string> {
    return issueToken(this.secret, { subject, kind: 'user', roles, ttlMs: ttl });
  }

  /** After a forced collection; the turns are those since the last time. */
  async measure(): Promise<Measured> {
    const answer = new Promise<Measured>((resolve, reject) => {
      const heard = (message: FromChild): void => {
        if (!('measured' in message)) return;
        this.child.off('message', heard);
        resolve(message.measured);
      };
      this.child.on('message', heard).once('exit', () => reject(new Error(`the server has ended: ${this.exit}\n${this.log.join('')}`)));
    });
    this.child.send('measure');
    return answer;
  }

  async stop(): Promise<void> {
    if (this.exit === undefined) {
      const gone = once(this.child, 'exit');
      this.child.send('stop');
      await gone;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
