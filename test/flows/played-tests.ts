import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import type { Role } from '../../src/application/caller';
import { issueToken } from '../../src/http/tokens';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn, type Printed } from '../cli/typing';

export const DAY_MS = 86_400_000;
/** Exposures are written within 50 ms. One that is received a day later by this clock changes no result, as it is dated when it was made. */
const FLUSHED_MS = 80;

/** A server whose clock the test sets, and what is asked of it over HTTP as an app and as an admin do. */
export class PlayedServer {
  nowMs: number;
  private running!: Running;
  private directory!: string;
  private app!: string;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  get url(): string {
    return this.running.url;
  }

  /** An admin's. */
  get adminToken(): string {
    return this.running.firstToken as string;
  }

  async open(environment: Readonly<Record<string, string>> = {}): Promise<this> {
    this.directory = await mkdtemp(join(tmpdir(), 'ledger-results-'));
    const settings = readSettings({ DATA_DIR: this.directory, PORT: '0', RATE_LIMIT_PER_CLIENT: '10000000', ...environment });
    this.running = await start(settings, {
      logger: pino({ level: 'silent' }),
      clock: () => this.nowMs,
      buildsDashboard: environment['DASHBOARD'] === 'true',
    });
    await this.running.ready;
    this.app = await this.token('app');
    return this;
  }

  async close(): Promise<void> {
    await this.running.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  async token(role: Role): Promise<string> {
    const secret = await readFile(join(this.directory, 'secret'));
    return issueToken(secret, { subject: role, kind: 'service', roles: { shop: [role] }, ttlMs: 600_000 });
  }

  /** Types a verb of the command line as an admin. */
  type(...line: string[]): Promise<Printed> {
    return typingIn({ DATA_DIR: this.directory, LEDGER_TOKEN: this.adminToken, LEDGER_URL: this.url })(...line);
  }

  async apply(setup: string): Promise<void> {
    const file = join(this.directory, 'shop.yaml');
    await writeFile(file, setup);
    const { code, err } = await this.type('apply', file, '--project', 'shop', '--create-project');
    if (code !== 0) throw new Error(err);
  }

  async ask<Data>(query: string, variables: object = {}, token = this.adminToken): Promise<Data> {
    const { data, errors } = await this.post<{ data: Data; errors?: readonly { message: string }[] }>(
      '/graphql',
      { query, variables },
      token,
    );
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
    return data;
  }

  /** An app asks for all keys of a user, who sees them all. */
  async visit(
    user: string,
    keys: readonly string[],
  ): Promise<{ readonly flags: readonly { readonly key: string; readonly value: unknown }[] }> {
    return this.post(`/ofrep/v1/evaluate/flags?expose=${keys.join()}`, { context: { targetingKey: user } }, this.app);
  }

  async send(events: readonly object[]): Promise<void> {
    const { rejected } = await this.post<{ rejected: readonly unknown[] }>('/events', { events }, this.app);
    if (rejected.length > 0) throw new Error(`events were rejected: ${JSON.stringify(rejected[0])}`);
  }

  /** Events of which so many must be rejected. */
  async reject(events: readonly object[], count: number): Promise<void> {
    const { rejected } = await this.post<{ rejected: readonly unknown[] }>('/events', { events }, this.app);
    if (rejected.length !== count) throw new Error(`${rejected.length} events were rejected: ${JSON.stringify(rejected)}`);
  }

  /** Waits until exposures are written, and moves the clock on. */
  async moveTo(ms: number): Promise<void> {
    await sleep(FLUSHED_MS);
    this.nowMs = ms;
  }

  private async post<Answer>(path: string, body: object, token: string): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status >= 300) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}
