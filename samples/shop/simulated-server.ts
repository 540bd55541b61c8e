import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { issueToken } from '../../src/http/tokens';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

export const PROJECT = 'shop';

/** A server on a data directory, whose clock the caller sets, and its HTTP endpoints as an admin and an app ask them. */
export class SimulatedServer {
  private constructor(
    private readonly running: Running,
    private readonly tokens: { readonly admin: string; readonly app: string },
    private readonly time: { ms: number },
  ) {}

  static async open(directory: string, startMs: number): Promise<SimulatedServer> {
    const time = { ms: startMs };
    const settings = readSettings({ DATA_DIR: directory, PORT: '0', DASHBOARD: 'false', RATE_LIMIT_PER_CLIENT: '10000000' });
    const running = await start(settings, { logger: pino({ level: 'error' }), clock: () => time.ms });
    await running.ready;
    const secret = await readFile(join(directory, 'secret'));
    const token = (role: 'admin' | 'app') =>
      issueToken(secret, { subject: `sample-${role}`, kind: 'service', roles: { '*': [role] }, ttlMs: 86_400_000 });
    return new SimulatedServer(running, { admin: await token('admin'), app: await token('app') }, time);
  }

  get nowMs(): number {
    return this.time.ms;
  }

  /** The clock never goes back. */
  moveTo(ms: number): void {
    this.time.ms = Math.max(this.time.ms, ms);
  }

  close(): Promise<void> {
    return this.running.stop();
  }

  /** GraphQL, as an admin. */
  async ask<Data>(query: string, variables: object = {}): Promise<Data> {
    const { data, errors } = await this.post<{ data: Data; errors?: readonly { message: string }[] }>(
      '/graphql',
      { query, variables },
      this.tokens.admin,
    );
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
    return data;
  }

  /** A command, as an admin, which must not be refused. */
  async command<Done>(mutation: string, type: string, input: object, selection = '__typename'): Promise<Done> {
    const query = `mutation ($input: ${type}!) { done: ${mutation}(input: $input) { ... on Refusal { message } ${selection} } }`;
    const { done } = await this.ask<{ done: Done & { readonly message?: string } }>(query, { input });
    if (done.message !== undefined) throw new Error(`${mutation}: ${done.message}`);
    return done;
  }

  /** As the app. */
  send<Answer>(path: string, body: object): Promise<Answer> {
    return this.post(`/projects/${PROJECT}${path}`, body, this.tokens.app);
  }

  private async post<Answer>(path: string, body: object, token: string): Promise<Answer> {
    const response = await fetch(`${this.running.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}
