import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { play, Strayed, type Server } from '../../samples/walkthrough/play';
import { STEPS } from '../../samples/walkthrough/steps';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

let directory: string;
let running: Running;
let server: Server;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-walkthrough-'));
  running = await start(readSettings({ DATA_DIR: directory, PORT: '0' }), { logger: pino({ level: 'silent' }) });
  server = { url: running.url, token: running.firstToken as string };
}, 30_000);

afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

test('the walkthrough goes as it says, and the README shows it as it goes', async () => {
  const told: string[] = [];
  await play(server, 'walkthrough', STEPS, (line) => told.push(line));
  expect(told).toHaveLength(2 * STEPS.length);
  for (const part of transcript()) expect(told.join('\n')).toContain(part);
}, 60_000);

test('a step that goes otherwise stops it', async () => {
  const [first] = STEPS;
  await expect(play(server, 'walkthrough', [first!], () => {})).rejects.toThrow(Strayed);
  await expect(play({ ...server, token: 'x' }, 'another', [first!], () => {})).rejects.toThrow(/token/);
}, 30_000);

/** What the README shows of it: its runs of lines, between which it leaves lines out. */
function transcript(): readonly string[] {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const shown = /<!-- walkthrough -->\n```\n\$ npm run -s walkthrough\n([\s\S]*?)```/.exec(readme)?.[1];
  const parts = shown?.split(/^ *\.\.\.\n/m).map((part) => part.trimEnd()) ?? [];
  expect(parts.length).toBeGreaterThan(1);
  return parts.filter((part) => part !== '');
}
