import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { kurrentUrl, seedAddresses } from '../src/event-store/kurrentdb-url';

const ROOT = join(__dirname, '..');
const WORKFLOWS = '.github/workflows';
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly include?: readonly Readonly<Record<string, string>>[] } };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = new Map(readdirSync(join(ROOT, WORKFLOWS)).map((name) => [name, parse(read(join(WORKFLOWS, name))) as Workflow]));
const jobs = [...workflows].flatMap(([name, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]) => [`${name} ${id}`, job] as const),
);

/** As bash reads it, with what the runner puts in replaced by a word. */
function syntaxErrors(script: string): string {
  return spawnSync('bash', ['-n'], { input: script.replace(/\$\{\{.*?\}\}/g, 'word'), encoding: 'utf8' }).stderr;
}

function assertRuns(file: string): void {
  accessSync(join(ROOT, file), constants.X_OK);
  expect(syntaxErrors(read(file))).toBe('');
}

test.each([...workflows])('%s may read the repository, and no more', (_, { on, permissions }) => {
  expect(Object.keys(on)).toEqual(expect.arrayContaining(['push', 'pull_request']));
  expect(permissions).toEqual({ contents: 'read' });
});

test.each(jobs)('%s ends by itself, and runs what is there', (_, job) => {
  expect(job['runs-on']).toBe('ubuntu-latest');
  expect(job['timeout-minutes']).toBeLessThanOrEqual(30);
  for (const { uses, run } of job.steps) {
    expect([uses, run].filter(Boolean)).toHaveLength(1);
    if (run === undefined) continue;
    expect(syntaxErrors(run)).toBe('');
    for (const [file] of run.matchAll(/(?<![\w/])\.ci\/[\w.-]+/g)) {
      if (file.endsWith('.yml')) expect(existsSync(join(ROOT, file))).toBe(true);
      else assertRuns(file);
    }
    for (const [, script] of run.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([script!]);
    for (const [path] of run.matchAll(/(?<=\s)test\/[\w/-]+/g)) {
      const folder = path.split('/').slice(0, -1).join('/');
      const found = readdirSync(join(ROOT, folder)).filter((name) => join(folder, name).startsWith(path));
      expect(found).not.toEqual([]);
    }
  }
});

describe('the workflow over real servers', () => {
  const { versions, cluster } = workflows.get('kurrentdb.yml')!.jobs as { versions: Job; cluster: Job };

  test('runs over each release by the settings of its name, and over the address that is tested', () => {
    const releases = versions.strategy?.matrix.include ?? [];
    expect(releases.map(({ version, prefix }) => `${version} ${prefix}`)).toEqual([
      '23.10 EVENTSTORE',
      '24.10 EVENTSTORE',
      '25.1 KURRENTDB',
    ]);
    for (const { version, image } of releases) expect(image?.split(':').at(-1)?.startsWith(`${version}.`)).toBe(true);
    expect(kurrentUrl(versions.env?.['KURRENTDB_URL'] ?? '')).toBe('kurrentdb://127.0.0.1:2113?tls=false');
  });

  test('breaks the nodes of a cluster of three, each of which names the two others', () => {
    const { services } = parse(read('.ci/kurrentdb-cluster.yml'), { merge: true }) as {
      services: Record<string, { container_name: string; environment: Record<string, string | number>; restart: string }>;
    };
    const hosts = seedAddresses(kurrentUrl(cluster.env?.['KURRENTDB_CLUSTER'] ?? ''));
    expect(Object.values(services).map(({ environment }) => `127.0.0.1:${environment['KURRENTDB_NODE_PORT']}`)).toEqual(hosts);
    for (const [at, { environment, container_name: name, restart }] of Object.values(services).entries()) {
      expect(environment['KURRENTDB_GOSSIP_SEED']).toBe(hosts.filter((_, other) => other !== at).join());
      expect(environment['KURRENTDB_CLUSTER_SIZE']).toBe(hosts.length);
      expect(name).toBe(`kurrentdb-${environment['KURRENTDB_NODE_PORT']}`);
      expect(restart).toBe('always');
    }
    assertRuns(cluster.env?.['KURRENTDB_CLUSTER_NODE'] ?? '');
  });
});
