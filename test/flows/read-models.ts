import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { start, type Running, type StartOptions } from '../../src/main';
import type { Projection } from '../../src/read-model/projection';
import { projections } from '../../projections';
import { readSettings } from '../../src/settings';
import { typingIn, type Printed } from '../cli/typing';

/** The key whose archiving cannot be projected while the poison is in. */
export const POISONED = 'poisoned';

/** A server in this process, its command line, and projections that can be spoilt. */
export class Operated {
  running!: Running;
  type!: (...line: string[]) => Promise<Printed>;
  poison = false;
  readonly directory = mkdtempSync(join(tmpdir(), 'ledger-operated-'));
  private token: string | undefined;

  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  async start(version?: string): Promise<void> {
    const spoilt = projections.map((projection): Projection => {
      if (projection.collection !== 'keys') return projection;
      const evolve: Projection['evolve'] = (draft, event) => {
        if (this.poison && event.entity.id === POISONED && event.type === 'KeyArchived') throw new Error('this one is poison');
        return projection.evolve(draft, event);
      };
      return { ...projection, evolve };
    });
    const settings = { DATA_DIR: this.directory, PORT: '0', ...this.environment };
    const options: StartOptions = { logger: pino({ level: 'silent' }), projected: { projections: spoilt, version: version ?? '1' } };
    this.running = await start(readSettings(settings), options);
    this.token ??= this.running.firstToken;
    await this.running.ready;
    this.type = typingIn({ DATA_DIR: this.directory, LEDGER_URL: this.running.url, LEDGER_TOKEN: this.token! });
  }

  async ask<Data>(query: string, token = this.token): Promise<Data> {
    const response = await fetch(`${this.running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
    if (errors !== undefined || !data) throw new Error(`it met errors: ${JSON.stringify(errors)}`);
    return data;
  }

  async get(path: string, known = true): Promise<{ readonly status: number; readonly text: string }> {
    const headers: Record<string, string> = known ? { authorization: `Bearer ${this.token}` } : {};
    const response = await fetch(`${this.running.url}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  }

  async end(): Promise<void> {
    await this.running.stop();
    rmSync(this.directory, { recursive: true });
  }
}
