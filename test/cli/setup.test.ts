import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerHere } from '../fault/server-here';
import { freePort } from '../fixtures/free-port';
import { typingIn, type Printed } from './typing';

const SHOP = join(__dirname, '../fixtures/setup/shop.yaml');

let directory: string;
let server: ServerHere;
let type: (...line: string[]) => Promise<Printed>;
let made = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-cli-'));
  server = await ServerHere.start(join(directory, 'data'));
  type = typingIn({ DATA_DIR: join(directory, 'data'), LEDGER_URL: server.url });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

/** A file of this text, in a place of its own. */
async function fileOf(text: string, name = `file-${(made += 1)}.yaml`): Promise<string> {
  await writeFile(join(directory, name), text);
  return join(directory, name);
}

/** A project of which no one has heard. */
const fresh = (): string => `project-${(made += 1)}`;

/** A project with all of a file in it. */
async function projectOf(file: string): Promise<string> {
  const project = fresh();
  expect(await type('apply', file, '--project', project, '--create-project')).toMatchObject({ code: 0, err: '' });
  return project;
}

test('a newcomer fills a project in one command, and then there is nothing to do', async () => {
  const project = fresh();
  const applied = await type('apply', SHOP, '--project', project, '--create-project');
  expect(applied).toMatchObject({ code: 0, err: '' });
  expect(applied.out).toContain(`Created the project "${project}".`);
  expect(applied.out).toMatch(
    /\nApplied: 1 project changed, 4 keys created, 2 segments created, 1 goal created, 1 flag created, 1 config created, 1 experiment created, 1 exclusivity changed\.\n$/,
  );
  const again = { code: 0, out: 'No changes: the project is as the file says.\n', err: '' };
  expect(await type('plan', SHOP, '--project', project)).toEqual(again);
  expect(await type('apply', SHOP, '--project', project)).toEqual(again);
  const { out } = await type('apply', SHOP, '--project', project, '--json');
  expect(JSON.parse(out)).toEqual({ projectId: project, applied: false, changes: 0, cursor: expect.any(String) });
});

test('a whole project goes back to what it was, which its export shows before and after', async () => {
  const project = await projectOf(SHOP);
  const exported = async (...more: string[]) => (await type('export', '--project', project, ...more)).out;
  const before = await exported();
  const at = new Date(Date.now() + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const text = 'version: 1\nkeys:\n  - { name: later, type: NUMBER, default: 1 }\n';
  expect(await type('apply', await fileOf(text), '--project', project)).toMatchObject({ code: 0 });
  expect(await exported()).toContain('later');
  expect(await exported('--as-of', at)).toBe(before);
  const plan = await type('plan', '--project', project, '--as-of', at);
  expect(plan).toMatchObject({ code: 2, out: expect.stringContaining('later') as string });
  const back = await type('apply', '--project', project, '--as-of', at, '--reason', 'Too early');
  expect(back).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Applied: 1 key archived.') as string });
  expect(await exported()).toBe(before);
  expect(await type('apply', '--project', project, '--as-of', at)).toMatchObject({
    code: 0,
    out: expect.stringContaining('No changes') as string,
  });
});

test.each<[string, readonly string[], number, RegExp]>([
  ['neither a file nor a point', ['apply'], 2, /Give a set-up file, or --as-of/],
  ['both', ['apply', SHOP, '--as-of', '3'], 2, /or --as-of, which is of the whole project/],
  ['no point', ['apply', '--as-of', 'yesterday'], 2, /--as-of takes a date, such as 2026-02-01/],
  ['--stop with a file', ['plan', SHOP, '--stop'], 1, /--stop is for --as-of/],
  ['a point that is not there', ['apply', '--as-of', '999'], 1, /has no revision 999/],
  ['a project that is not there', ['apply', '--as-of', '0', '--project', 'nowhere'], 1, /There is no project "nowhere"/],
])('to go back, %s is refused', async (_what, [verb, ...more], code, message) => {
  const project = more.includes('--project') ? [] : ['--project', await projectOf(SHOP)];
  expect(await type(verb!, ...more, ...project)).toEqual({ code, out: '', err: expect.stringMatching(message) as string });
});

test('what running experiments are compared with is changed only with --acknowledge, which the plan asks for', async () => {
  const text = (await readFile(SHOP, 'utf8')).replace('status: ROLLED_OUT\n    rolledOut: darker', 'status: RUNNING');
  const project = await projectOf(await fileOf(text));
  const file = await fileOf(text.replace('default: 3', 'default: 4'));
  const needs = '! experiment "Darkness" runs, and its control gives something else: needs --acknowledge\n';
  expect((await type('plan', file, '--project', project)).out).toContain(needs);
  const refused = await type('apply', file, '--project', project);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('This changes what the key "dark_mode" gives to the control') });
  const { code, out } = await type('apply', file, '--project', project, '--acknowledge');
  expect(code).toBe(0);
  expect(out).toContain(`${needs}\nPlan: 1 key changed.\n`);
});

test('a plan shows field by field what comes, goes and changes, rules in words, ends with code 2, and writes nothing', async () => {
  const project = await projectOf(SHOP);
  const text = (await readFile(SHOP, 'utf8'))
    .replace('default: 3', 'default: 4')
    .replace('lastDays: 30', 'lastDays: 60')
    .replace('percentage: 25', 'percentage: 50')
    .replace(
      /goals:\n {2}- name: Big purchase[\s\S]*?flags:/,
      'goals:\n  - { name: Big purchase, event: Purchase, filters: [{ name: amount, operator: AT_LEAST, value: 100 }] }\n  - { name: Left, event: Quit }\nflags:',
    );
  const file = await fileOf(text.replace(/configs:[\s\S]*?experiments:/, 'configs: []\nexperiments:'));
  const { code, out } = await type('plan', file, '--project', project, '--prune');
  expect(code).toBe(2);
  expect(out).toMatch(/^- config "Home" {2}ArchiveConfig\n~ key/);
  expect(out).toContain('~ key "dark_mode"  EditKey\n    default: 3 -> 4\n');
  expect(out).toContain(
    '    rule: did *Purchase* at least 3 times in the last 30 days -> did *Purchase* at least 3 times in the last 60 days\n',
  );
  expect(out).toContain('+ goal "Left"  CreateGoal\n    event: "Quit"\n');
  expect(out).toContain('    rows:\n      - "Buyers" 25 %: true\n      + "Buyers" 50 %: true\n');
  expect(out).toMatch(/\nPlan: 1 config archived, 1 key changed, 1 segment changed, 1 goal created, 1 flag changed\.\n$/);
  expect(await type('plan', SHOP, '--project', project)).toMatchObject({ code: 0 });
  const json = await type('plan', file, '--project', project, '--prune', '--json');
  expect(json.code).toBe(2);
  expect(JSON.parse(json.out)).toMatchObject({
    projectId: project,
    changes: 5,
    obstacles: [],
    steps: [{ command: 'ArchiveConfig' }, {}, {}, {}, {}],
  });
  expect(await type('apply', file, '--project', project, '--prune', '--dry-run')).toEqual({ code: 0, out, err: '' });
  expect(await type('plan', SHOP, '--project', project)).toMatchObject({ code: 0 });
});

test('a plan shows each thing once, as what becomes of it, and defaults that are empty; what is restored is counted as that', async () => {
  const project = await projectOf(
    await fileOf(`version: 2
keys: [{ name: back, type: NUMBER, default: 1 }, { name: gone, type: NUMBER, default: 1 }]
experiments: [{ name: Old, keys: [gone], variants: [{ name: A, control: true, weight: 50 }, { name: B, weight: 50, values: { gone: 2 } }], status: RUNNING }]`),
  );
  await type('apply', await fileOf('version: 2\nkeys: [{ name: back, type: NUMBER, default: 1, archived: true }]'), '--project', project);
  const file = await fileOf(`version: 2
keys:
  - { name: back, type: NUMBER, default: 2 }
  - { name: empty.text, type: STRING, default: "" }
  - { name: empty.list, type: JSON, default: [] }
  - { name: list, type: JSON, default: [1, 2] }
  - { name: none, type: JSON, default: null }
configs:
  - { name: Live, keys: [empty.text], status: LIVE, rows: [{ values: { empty.text: x } }] }
  - { name: Paused, keys: [list], status: PAUSED }
experiments: []`);
  const { code, out } = await type('plan', file, '--project', project, '--prune');
  expect(code).toBe(2);
  expect(out).toBe(`- experiment "Old"  StopExperiment, ArchiveExperiment
- key "gone"  ArchiveKey
+ key "back"  RestoreKey, EditKey
    type: "NUMBER"
    default: 2
+ key "empty.text"  CreateKey
    type: "STRING"
    default: ""
+ key "empty.list"  CreateKey
    type: "JSON"
    default: []
+ key "list"  CreateKey
    type: "JSON"
    default: [1,2]
+ key "none"  CreateKey
    type: "JSON"
    default: null
+ config "Live"  CreateConfig, PublishConfig
    keys: "empty.text"
    status: "LIVE"
    rows: everyone: {"empty.text":"x"}
+ config "Paused"  CreateConfig, PublishConfig, PauseConfig
    keys: "list"
    status: "PAUSED"

Plan: 1 experiment archived, 4 keys created, 1 key restored, 1 key archived, 2 configs created.
`);
  expect((await type('apply', file, '--project', project, '--prune')).out).toContain(
    '\nApplied: 1 experiment archived, 4 keys created, 1 key restored,',
  );
});

test('it is coloured where the terminal is, and only there', async () => {
  const coloured = typingIn({ DATA_DIR: join(directory, 'data'), LEDGER_URL: server.url }, true);
  const line = ['plan', await fileOf('version: 2\nkeys: [{ name: a, type: NUMBER, default: 1 }]'), '--project', await projectOf(SHOP)];
  const plain = (await type(...line)).out;
  const { out } = await coloured(...line);
  expect(out).toContain('\u001b[32m+ key "a"\u001b[39m');
  // eslint-disable-next-line no-control-regex
  expect(out.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});

test.each(['yaml', 'json'])('an export as %s, applied to an empty project and exported again, gives the same bytes', async (format) => {
  const file = join(directory, `export.${format}`);
  const project = await projectOf(SHOP);
  expect(await type('export', '--project', project, '-o', file)).toEqual({ code: 0, out: '', err: '' });
  const text = await readFile(file, 'utf8');
  expect(text.startsWith(format === 'json' ? '{\n  "$schema"' : '# yaml-language-server: ')).toBe(true);
  const copy = await projectOf(file);
  expect((await type('export', '--project', copy, '--format', format)).out).toBe(text);
});

test('a file of 400 KB with thousands of parts passes all limits of a request', async () => {
  const parts = (count: number, part: (number: number) => string) => Array.from({ length: count }, (_, number) => part(number)).join('\n');
  const conditions =
    'all: [{ property: { name: geo.country, operator: EQUALS, value: US } }, { any: [{ property: { name: app.version, operator: VERSION_AT_LEAST, value: "1.2" } }, { did: { event: Buy, window: { lastDays: 30 } } }] }]';
  const text = `version: 2
keys:
${parts(400, (number) => `  - { name: feature.number_${number}, type: BOOLEAN, default: false, description: ${'A feature of the product. '.repeat(8)}}`)}
segments:
${parts(1_000, (number) => `  - { name: Segment ${number}, rule: { ${conditions} } }`)}
flags:
${parts(400, (number) => `  - { name: Flag ${number}, key: feature.number_${number}, rows: [{ segment: Segment ${number}, value: true }, { value: false }] }`)}
`;
  expect(text.length).toBeGreaterThan(400_000);
  const { code, out, err } = await type('plan', await fileOf(text), '--project', await projectOf(await fileOf('version: 2')));
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(out).toMatch(/\nPlan: 400 keys created, 1000 segments created, 400 flags created\.\n$/);
});

describe('a file that is wrong', () => {
  const wrong: readonly (readonly [what: string, text: string, error: string])[] = [
    [
      'an unknown field',
      'version: 2\nkeys:\n  - { name: a, type: NUMBER, default: 1, defualt: 2 }',
      ':3:51: keys.0.defualt: is not known here: there is name, type',
    ],
    ['a wrong type', 'version: 2\nkeys: [{ name: a, type: NUMBER, default: "1" }]', ':2:42: keys.0.default: It must be a number'],
    [
      'a segment named twice',
      'version: 2\nsegments:\n  - { name: A, rule: { property: { name: x, operator: EXISTS } } }\n  - { name: a, rule: { property: { name: x, operator: EXISTS } } }',
      ':4:13: segments.1.name: There is already a segment "A" in this file',
    ],
    [
      'a missing goal',
      'version: 2\nkeys: [{ name: k, type: NUMBER, default: 1 }]\nexperiments:\n  - name: X\n    keys: [k]\n    goals: [Gone]\n    variants:\n      - { name: C, control: true, weight: 50 }\n      - { name: N, weight: 50, values: { k: 2 } }',
      ':6:13: experiments.0.goals.0: There is no goal "Gone" in this file or in the project',
    ],
    [
      'a missing segment',
      'version: 2\nkeys: [{ name: k, type: NUMBER, default: 1 }]\nflags: [{ name: F, key: k, rows: [{ segment: Gone, value: 1 }] }]',
      ':3:46: flags.0.rows.0.segment: There is no segment "Gone"',
    ],
    ['a cycle', 'version: 2\nsegments:\n  - &a { name: A, rule: { not: *a } }', ':3:8: segments.0: must not have an anchor'],
    [
      'aliases that explode',
      `version: 2\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
        .join('\n')}\nkeys: *i`,
      ':2:7: a: must not have an anchor',
    ],
    ['a later version', 'version: 3\nholdouts: []', ':1:10: version: must be 2: this file is of a later version'],
    ['text that is no YAML', 'version: 2\nkeys: [', ':2:'],
    ['nothing', '', ':1:1: must be an object, not null'],
  ];
  test.each(wrong)('with %s is refused with place and reason, and nothing is applied', async (_what, text, error) => {
    const file = await fileOf(text);
    const project = await projectOf(SHOP);
    for (const verb of ['plan', 'apply']) {
      const { code, out, err } = await type(verb, file, '--project', project);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err.split('\n').some((line) => line.startsWith(`${file}${error}`)) ? '' : err).toBe('');
    }
    expect((await type('plan', SHOP, '--project', project)).code).toBe(0);
    const absent = fresh();
    expect((await type('apply', file, '--project', absent, '--create-project')).code).toBe(1);
    expect((await type('export', '--project', absent)).err).toContain('There is no project');
  });

  test('of 100 MB is refused before it is read', async () => {
    const file = await fileOf('version: 2\n');
    await truncate(file, 100_000_000);
    const before = process.memoryUsage().rss;
    const { code, err } = await type('apply', file, '--project', fresh());
    expect({ code, err }).toEqual({
      code: 1,
      err: `${file} must be smaller than 10 MB: split it, for a file may leave out what others say\n`,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  test('larger than the server takes is refused with that reason', async () => {
    const keys = Array.from({ length: 300 }, (_, number) => `  - { name: k${number}, type: STRING, default: ${'x'.repeat(10_000)} }`);
    const { code, err } = await type('plan', await fileOf(`version: 2\nkeys:\n${keys.join('\n')}`), '--project', fresh());
    expect(code).toBe(1);
    expect(err).toMatch(/^The file makes a request of 3\d{6} bytes: .*Split the file, or start the server with a larger BODY_LIMIT/);
  });

  test('that is none, or no text, is refused with that reason', async () => {
    expect((await type('plan', join(directory, 'gone.yaml'), '--project', fresh())).err).toContain('There is no file');
    expect((await type('plan', directory, '--project', fresh())).err).toContain('is not a file');
    const binary = await fileOf('');
    await writeFile(binary, Uint8Array.of(0xff, 0xfe, 0x00));
    expect((await type('plan', binary, '--project', fresh())).err).toContain('must be text in UTF-8');
    expect((await type('convert', binary, '--from', 'flagd')).err).toContain('must be text in UTF-8');
  });
});

test('what stops a plan is shown where the file asks for it, and nothing is applied', async () => {
  const project = await projectOf(SHOP);
  const file = await fileOf(
    'version: 2\nkeys:\n  - { name: added, type: NUMBER, default: 1 }\n  - { name: dark_mode, type: STRING, default: x }',
  );
  for (const verb of ['plan', 'apply']) {
    const { code, err } = await type(verb, file, '--project', project);
    expect(code).toBe(1);
    expect(err).toBe(
      `${file}:4:13: keys.1: EditKey "dark_mode": The key "dark_mode" is a NUMBER for ever, so it cannot become a STRING. Give the new key another name.\nNothing can be applied until this is solved.\n`,
    );
  }
  expect((await type('export', '--project', project)).out).not.toContain('added');
});

test('a plan of nothing but obstacles says so, field by field, with the way out, in words, as JSON and as a summary', async () => {
  const running = (weight: number) => `version: 2
keys: [{ name: size, type: NUMBER, default: 1 }]
experiments:
  - name: Bigger
    keys: [size]
    variants: [{ name: Control, control: true, weight: ${100 - weight} }, { name: New, weight: ${weight}, values: { size: 2 } }]
    status: RUNNING`;
  const project = await projectOf(await fileOf(running(50)));
  const file = await fileOf(running(40));
  const message =
    'The experiment "Bigger" is running, so you cannot change its design. After the start only name, description, goals to add and traffic can change; traffic by a command of its own.';
  const wayOut = 'Stop it and start a new experiment under another name, or raise its traffic to take in more users.';
  const err = `${file}:4:11: experiments.0: EditExperiment "Bigger": ${message}\nNothing can be applied until this is solved.\n`;
  const out = `! experiment "Bigger"  EditExperiment
    variants[v1].weight: 50 % -> 60 %
    variants[v2].weight: 50 % -> 40 %
    ${message}
    ${wayOut}

Plan: 1 obstacle.
`;
  expect(await type('plan', file, '--project', project)).toEqual({ code: 1, out, err });
  expect(await type('apply', file, '--project', project)).toEqual({ code: 1, out, err });
  expect(await type('plan', file, '--project', project, '--summary')).toEqual({ code: 1, out: 'obstacles   1\n', err });
  const json = await type('plan', file, '--project', project, '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    changes: 0,
    steps: [],
    obstacles: [
      { name: 'Bigger', message, wayOut, changes: [{ path: 'variants[v1].weight', kind: 'CHANGED' }, { path: 'variants[v2].weight' }] },
    ],
  });
});

test('a summary counts things by kind and by what becomes of them, in words and as JSON', async () => {
  const project = await projectOf(SHOP);
  const text = (await readFile(SHOP, 'utf8')).replace('default: 3', 'default: 4').replace('name: new_cart', 'name: newer_cart');
  const file = await fileOf(text.replace('key: new_cart', 'key: newer_cart'));
  const { code, out } = await type('plan', file, '--project', project, '--summary');
  expect({ code, out }).toEqual({ code: 1, out: 'key         1 created, 1 changed\nobstacles   1\n' });
  const { out: json } = await type('plan', file, '--project', project, '--summary', '--json');
  expect(JSON.parse(json)).toEqual({
    projectId: project,
    cursor: expect.any(String),
    changes: 2,
    counts: { key: { created: 1, changed: 1 } },
    obstacles: 1,
  });
  expect((await type('plan', SHOP, '--project', project, '--summary')).out).toBe('No changes: the project is as the file says.\n');
});

describe('the server', () => {
  test('that is not there, or needs a token from elsewhere, is refused with that reason', async () => {
    const asked = (...more: string[]) => type('plan', SHOP, '--project', 'x1', ...more);
    const missing = `http://127.0.0.1:${await freePort()}`;
    expect((await asked('--url', missing)).err).toContain(`There is no server at ${missing}. Start one`);
    expect((await asked('--url', 'ledger')).err).toContain("is no server's URL");
    expect((await asked('--url', 'https://ledger.example.com')).err).toContain('Give a token for https://ledger.example.com');
    expect((await asked('--token', 'x.y.z')).err).toMatch(/token/i);
    expect((await asked()).err).toBe('There is no project "x1". Create it, or let "apply --create-project" do so.\n');
    const elsewhere = typingIn({ DATA_DIR: join(directory, 'none'), LEDGER_URL: server.url });
    expect((await elsewhere('plan', SHOP, '--project', 'x1')).err).toContain('There is no secret in');
  });

  test('says who may: a creator may plan, and not apply', async () => {
    const project = await projectOf(SHOP);
    const token = (await type('token', '--role', 'creator', '--project', project)).out.trim();
    const file = await fileOf('version: 2\nexclusivity: false');
    expect((await type('plan', file, '--project', project, '--token', token)).code).toBe(2);
    expect(await type('apply', file, '--project', project, '--token', token)).toMatchObject({
      code: 1,
      err: expect.stringContaining('takes the role admin'),
    });
  });
});

describe('exit codes', () => {
  test('a mistake in a plan is 1, since 2 says that there are changes; elsewhere it is 2', async () => {
    for (const line of [['plan', SHOP], ['plan', SHOP, '--project', 'x1', '--bogus'], ['plan']]) expect((await type(...line)).code).toBe(1);
    const badly = typingIn({ PORT: 'http' });
    expect((await badly('plan', SHOP, '--project', 'x1')).code).toBe(1);
    for (const line of [['apply', SHOP], ['export'], ['convert', SHOP], ['convert', SHOP, '--from', 'x']])
      expect((await type(...line)).code).toBe(2);
    expect((await type('plan', '--help')).code).toBe(0);
    expect((await type('plan', '--help')).out).toContain('Exit codes: 0 no changes, 2 changes, 1 anything else.');
  });
});

test("another product's export becomes a file that can be applied, and what it could not carry is on standard error", async () => {
  const file = join(directory, 'converted.yaml');
  const source = join(__dirname, '../fixtures/setup/flagd.json');
  const { code, out, err } = await type('convert', '--from', 'flagd', source, '-o', file);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  for (const line of err.trim().split('\n')) expect(line.startsWith(`${source}: `)).toBe(true);
  expect((await type('plan', file, '--project', await projectOf(file))).code).toBe(0);
  const broken = await fileOf('{"flags": [', 'broken.json');
  expect(err).not.toContain(': : ');
  expect(err).toContain(`${source}: variants are carried by their values`);
  expect(await type('convert', '--from', 'flagd', broken)).toMatchObject({ code: 1, err: expect.stringContaining(`${broken}:1:`) });
});
