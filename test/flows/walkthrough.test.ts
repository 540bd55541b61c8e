import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { play, Strayed, type Server } from '../../samples/walkthrough/play';
import { STEPS } from '../../samples/walkthrough/steps';
import { whereToLook } from '../../samples/walkthrough/where-to-look';
import { firstCommands } from '../../src/http/first-steps';
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
  // What Ann gets, before she has bought often and after, and that she is in one test only.
  const said = reported.join('\n');
  expect(said).toContain('dark_mode = 4, by config "Darkness": its segment has the user\n    not by config');
  expect(said).toContain('not by experiment "Darker in New York": its audience does not have the user (did *Purchase* at least 3 times');
  expect(said).toContain('in the last 30 days: never did it)');
  expect(said).toContain('dark_mode = 6, SPLIT');
  expect(said).toMatch(
    /in "Darker in New York": in variant "Darker" since .*\n {4}not in "Loud banner": the user is in "Darker in New York", and a user/,
  );
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
  expect(await ask(query)).toMatchObject({
    experiments: { nodes: expect.arrayContaining([expect.objectContaining({ name: 'Darker in New York' })]) as object[] },
  });
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
  // Renamed, two keys, three segments, a goal, a config and its publishing, a flag, the setting, two experiments and their starts.
  expect(await ask(apply, { input })).toEqual({ applySetup: { events: 15 } });
  expect(await ask(apply, { input })).toEqual({ applySetup: { events: 0 } });
});

test('the commands that a first start prints lead to a value', async () => {
  const { create, ask: asks } = firstCommands(server.url, server.token);
  const answers = [];
  for (const command of [create, asks]) {
    const [, url = '', body = ''] = /^curl -sS '([^']*)'[^]* -d '([^]*)'$/.exec(command) ?? [];
    const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
    answers.push(await (await fetch(url, { method: 'POST', headers, body })).json());
  }
  expect(answers).toMatchObject([
    { data: { createProject: { __typename: 'Project' }, createKey: { __typename: 'Key' } } },
    { key: 'dark_mode', value: false, reason: 'STATIC' },
  ]);
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
