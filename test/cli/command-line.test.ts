import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verbs } from '../../src/cli/verbs';
import { run } from '../../src/cli/program';
import { welcome } from '../../src/cli/start';
import { authenticator } from '../../src/http/authentication';
import { FIRST_MUTATION } from '../../src/http/first-steps';
import { openSecret } from '../../src/http/tokens';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'cli-'))));
afterEach(() => rm(dataDir, { recursive: true }));

async function type(line: string[], environment: Record<string, string> = {}) {
  const printed = { out: '', err: '' };
  const terminal = {
    environment: { DATA_DIR: dataDir, ...environment },
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
  };
  return { code: await run(line, verbs, terminal, '1.2.3'), ...printed };
}

test.each([[[]], [['start']], [['token']]])('%p has help, which is no failure', async (verb) => {
  const { code, out } = await type([...verb, '--help']);
  expect(code).toBe(0);
  expect(out).toMatch(/^Usage: experience-ledger/);
});

test('every verb says --json where a script would read it', async () => {
  for (const verb of ['start', 'token']) expect((await type([verb, '--help'])).out).toContain('--json');
});

test('a reader that leaves early is no failure', async () => {
  const line = 'bin/experience-ledger token --help | (exec <&-; sleep 2); exit ${PIPESTATUS[0]}';
  const { stderr } = await promisify(execFile)('bash', ['-c', line], { cwd: join(__dirname, '../..') });
  expect(stderr).toBe('');
});

test('the version is that of the package', async () => {
  expect(await type(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
});

test.each([
  [['conquer'], /unknown command/],
  [['token', '--role', 'admin'], /--project <id...>' not specified/],
  [['token', '--project', '*'], /--role <role...>' not specified/],
  [['token', '--role', 'root', '--project', '*'], /Allowed choices are admin, creator/],
  [['token', '--role', 'admin', '--project', 'My App'], /A project id is 2 to 63/],
  [['token', '--role', 'admin', '--project', '*', '--ttl', 'forever'], /such as 90s, 12h or 30d/],
  [['token', '--role', 'admin', '--project', '*', '--ttl', '-5d'], /such as 90s, 12h or 30d/],
  [['token', '--role', 'admin', '--project', '*', '--subject', 'a b'], /printable ASCII/],
])('%p is a mistake in use: code 2, and nothing on standard output', async (line, message) => {
  const { code, out, err } = await type(line);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});

test('a wrong setting is reported by its name, with code 2', async () => {
  const { code, err } = await type(['start'], { PORT: 'http' });
  expect(code).toBe(2);
  expect(err).toContain('PORT is "http", but must be a whole number');
});

describe('token', () => {
  const line = [
    'token',
    '--role',
    'creator',
    'auditor',
    '--project',
    'my-app',
    'web',
    '--subject',
    'u-81',
    '--kind',
    'service',
    '--ttl',
    '12h',
  ];

  test('prints one that the server believes, and that says what was asked', async () => {
    const { bytes } = await openSecret(dataDir);
    const { code, out } = await type(line);
    expect(code).toBe(0);
    const caller = await authenticator({ kind: 'local', secret: bytes })(`Bearer ${out.trim()}`);
    expect(caller.actor).toEqual({ id: 'u-81', kind: 'service' });
    expect(caller.grants).toEqual(new Map(['my-app', 'web'].map((project) => [project, new Set(['creator', 'auditor'])])));
    expect(Math.abs(caller.expiresAt - Date.now() - 12 * 3_600_000)).toBeLessThan(5_000);
  });

  test('with --json prints when it ends, too', async () => {
    await openSecret(dataDir);
    const answer = JSON.parse((await type([...line, '--json'])).out) as { token: string; expiresAt: string };
    expect(answer.token.split('.')).toHaveLength(3);
    expect(Date.parse(answer.expiresAt)).toBeGreaterThan(Date.now());
  });

  test('without a secret, says where it was looked for, and makes none', async () => {
    const { code, err } = await type(line);
    expect(code).toBe(1);
    expect(err).toContain(join(dataDir, 'secret'));
    expect((await type(line)).code).toBe(1);
  });

  test('is refused where tokens come from an identity provider', async () => {
    const provider = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'ledger' };
    expect(await type(line, provider)).toMatchObject({ code: 1, err: expect.stringContaining('identity provider') });
  });
});

test('the first start prints curl commands that a shell understands', async () => {
  const printed = welcome({ url: 'http://127.0.0.1:4000', token: 'a.b.c', link: 'http://127.0.0.1:4000/#key=d.e.f', ttl: '30 days' });
  const [create, ask, ...others] = printed.match(/^curl -sS[^]*?(?=\n\n)/gm) ?? [];
  expect(others).toEqual([]);
  const wordsOf = async (command: string | undefined) => {
    const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`;
    return (await promisify(execFile)('sh', ['-c', script])).stdout.split('\0');
  };
  const asked = await wordsOf(ask);
  expect(asked).toContain('http://127.0.0.1:4000/projects/my-app/ofrep/v1/evaluate/flags/dark_mode');
  expect(JSON.parse(asked[asked.indexOf('-d') + 1] ?? '')).toEqual({ context: { targetingKey: 'ann' } });
  const words = await wordsOf(create);
  expect(words).toEqual(
    expect.arrayContaining(['http://127.0.0.1:4000/graphql', 'Authorization: Bearer a.b.c', 'Content-Type: application/json']),
  );
  const { query } = JSON.parse(words[words.indexOf('-d') + 1] ?? '') as { query: string };
  expect(query).toBe(FIRST_MUTATION.replace(/\s+/g, ' '));
  expect(printed).toContain('http://127.0.0.1:4000 (the API: http://127.0.0.1:4000/graphql)');
  expect(printed).toContain('\nOpen the dashboard: http://127.0.0.1:4000/#key=d.e.f\n');
});

test('bin/experience-ledger runs from a checkout and hands on the exit code', async () => {
  const bin = join(__dirname, '../../bin/experience-ledger');
  expect((await promisify(execFile)(bin, ['--help'])).stdout).toContain('Usage: experience-ledger');
  await expect(promisify(execFile)(bin, ['conquer'])).rejects.toMatchObject({ code: 2 });
});

test('bin/experience-ledger runs from any folder, whatever TypeScript is set up to be there', async () => {
  const bin = join(__dirname, '../../bin/experience-ledger');
  await writeFile(join(dataDir, 'tsconfig.json'), '{"compilerOptions":{"target":"ES5","experimentalDecorators":false}}');
  const server = spawn(bin, ['start', '--json'], {
    cwd: dataDir,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent', DASHBOARD: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  expect(JSON.parse(line.toString())).toMatchObject({ url: expect.stringContaining('http://') as string });
  server.kill('SIGTERM');
  expect(await once(server, 'exit')).toEqual([0, null]);
});
