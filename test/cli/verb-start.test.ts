import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const REPORT =
  "if (require('worker_threads').isMainThread) process.on('exit', () => require('fs').writeSync(3, Object.keys(require.cache).join('\\n')));";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verb-start-'));
  await writeFile(join(directory, 'report.cjs'), REPORT);
});
afterAll(() => rm(directory, { recursive: true }));

/** The packages, and the folders of ours, of which a command line loads anything. */
async function loadedBy(line: string): Promise<Set<string>> {
  const child = spawn(join(ROOT, 'bin/experience-ledger'), line.split(' '), {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: `--require ${join(directory, 'report.cjs')}`, DATA_DIR: directory, PORT: '1' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stdio[3]?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await once(child, 'close');
  const names = text
    .split('\n')
    .map(
      (file) =>
        /node_modules\/((@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(file)?.[1] ?? file.replace(`${ROOT}/`, '').replace(/\/[^/]+$/, ''),
    );
  expect(names).toContain('src/cli');
  return new Set(names);
}

const SERVER = ['fastify', 'graphql', 'type-graphql', 'ioredis', 'pino', 'schema', 'projections', 'src/projector', 'src/feed'];

test.each([
  [
    '--help',
    [...SERVER, 'zod', 'yaml', 'jose', 'libsql', 'immutable', 'src/event-store', 'src/audit', 'src/setup', 'src/http', 'src/domain'],
  ],
  ['heads', [...SERVER, 'yaml', 'jose', 'src/setup', 'src/http']],
  ['tail --project a1', [...SERVER, 'yaml', 'libsql', 'immutable', 'src/setup']],
  ['plan setup.yaml --project a1', [...SERVER, 'libsql']],
])('%s loads no more than it needs', async (line, unneeded) => {
  const loaded = await loadedBy(line);
  expect(unneeded.filter((name) => loaded.has(name))).toEqual([]);
});
