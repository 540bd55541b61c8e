import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { play, Strayed, type Server } from '../../samples/walkthrough/play';
import { STEPS } from '../../samples/walkthrough/steps';
import { whereToLook } from '../../samples/walkthrough/where-to-look';
import { typingIn } from '../cli/typing';
import { start, type Running } from '../../src/main';
import type { Json, JsonObject } from '../../src/domain/json';
import { writeContent } from '../../src/setup/write';
import { readSettings } from '../../src/settings';

let directory: string;
let running: Running;
let server: Server;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-walkthrough-'));
  running = await start(readSettings({ DATA_DIR: directory, PORT: '0' }), { logger: pino({ level: 'silent' }) });
  await running.ready;
  server = { url: running.url, token: running.firstToken as string };
});

afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

test('the walkthrough goes as it says, and the README shows it as it goes', async () => {
  const reported: string[] = [];
  await play(server, 'walkthrough', STEPS, (line) => reported.push(line));
  expect(reported).toHaveLength(2 * STEPS.length);
  for (const part of transcript()) expect(reported.join('\n')).toContain(part);
});

test('it says where to look at what it leaves, in commands that work', async () => {
  const commands = [...whereToLook(server.url, 'walkthrough').matchAll(/bin\/experience-ledger (.*)$/gm)].map(([, words = '']) =>
    words.split(' '),
  );
  expect(commands).toHaveLength(2);
  const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: server.token });
  const [exported] = commands;
  expect(await type(...(exported ?? []))).toMatchObject({ code: 0, out: expect.stringContaining('Darker in New York') as string });
  const { errors } = await type('tail', '--help').then(({ out }) => ({
    errors: ['--project', '--url', '--from-start'].filter((one) => !out.includes(one)),
  }));
  expect(errors).toEqual([]);
  const [, query = ''] = /with (\{.*\})$/m.exec(whereToLook(server.url, 'walkthrough')) ?? [];
  expect(await ask(query)).toMatchObject({ experiments: { nodes: [{ name: 'Darker in New York' }] } });
});

test('its set-up file is what it ends with, but for the keys that only fill the project, and is applied at once', async () => {
  const { setup } = await ask<{ setup: JsonObject }>('{ setup(projectId: "walkthrough") }');
  const keys = (setup['keys'] as readonly { readonly name: string }[]).filter(({ name }) => !/^key_\d+$/.test(name));
  const text = writeContent({ ...setup, keys: keys as unknown as Json }, 'yaml', '../../schema/setup.schema.json');
  expect(readFileSync(join(__dirname, '../../samples/walkthrough/setup.yaml'), 'utf8')).toBe(text);

  await ask('mutation { createProject(input: { projectId: "copy", name: "Copy" }) { __typename } }');
  const input = { projectId: 'copy', setup: { ...setup, keys } };
  const apply =
    'mutation ($input: ApplySetupInput!) { applySetup(input: $input) { ... on SetupApplied { events } ... on Refusal { message } } }';
  // Renamed, a key, two segments, a goal, a config and its publishing, a flag, the setting, an experiment and its start.
  expect(await ask(apply, { input })).toEqual({ applySetup: { events: 11 } });
  expect(await ask(apply, { input })).toEqual({ applySetup: { events: 0 } });
});

test('a step that goes otherwise stops it', async () => {
  const [first] = STEPS;
  await expect(play(server, 'walkthrough', [first!], () => {})).rejects.toThrow(Strayed);
  await expect(play({ ...server, token: 'x' }, 'another', [first!], () => {})).rejects.toThrow(/token/);
});

async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** What the README shows of it: its runs of lines, between which it leaves lines out. */
function transcript(): readonly string[] {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const shown = /<!-- walkthrough -->\n```\n\$ npm run -s walkthrough\n([\s\S]*?)```/.exec(readme)?.[1];
  const parts = shown?.split(/^ *\.\.\.\n/m).map((part) => part.trimEnd()) ?? [];
  expect(parts.length).toBeGreaterThan(1);
  return parts.filter((part) => part !== '');
}
