import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Runs one of our checkers as `npm test` does, and answers what it printed, whether or not it was content. */
function check(tool: string, args: readonly string[], cwd: string, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(join(ROOT, 'node_modules/.bin', tool), args, { cwd, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`${tool} said nothing: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}

describe('who may import whom', () => {
  /** What each file must not import, and the rule that must say so. */
  const planted: readonly (readonly [file: string, imports: string, rule: string])[] = [
    ['src/domain/a.ts', '../application/target', 'domain-is-pure'],
    ['src/domain/b.ts', 'node:fs', 'pure-means-no-io'],
    ['src/setup/a.ts', '../application/target', 'setup-knows-the-domain'],
    ['src/setup/b.ts', 'node:fs', 'pure-means-no-io'],
    ['src/projector/b.ts', '../setup/h', 'only-the-application-plans'],
    ['src/evaluation/a.ts', '../feed/target', 'evaluation-is-pure'],
    ['src/statistics/a.ts', '../domain/h', 'statistics-knows-nothing'],
    ['src/statistics/b.ts', 'node:fs', 'pure-means-no-io'],
    ['src/results/a.ts', '../feed/feed', 'results-are-pure'],
    ['src/results/a.ts', '../application/target', 'results-are-pure'],
    ['src/results/b.ts', 'node:fs', 'pure-means-no-io'],
    ['src/coordination/a.ts', '../application/target', 'coordination-knows-nothing'],
    ['src/concurrency/a.ts', '../application/target', 'concurrency-knows-nothing'],
    ['src/files/a.ts', '../application/target', 'files-know-nothing'],
    ['src/sqlite/a.ts', '../application/target', 'sqlite-knows-files'],
    ['src/redis/a.ts', '../application/target', 'redis-knows-nothing'],
    ['src/sessions/a.ts', '../feed/target', 'sessions-know-their-stores'],
    ['src/http/d.ts', '../sessions/redis-sessions', 'http-takes-the-schema-as-a-value'],
    ['src/observations/a.ts', '../event-store/memory', 'the-middle-knows-ports'],
    ['src/user-store/a.ts', '../read-model/memory', 'the-middle-knows-ports'],
    ['src/user-store/b.ts', '../coordination/memory-leases', 'the-middle-knows-ports'],
    ['src/user-store/sqlite.ts', '../feed/target', 'user-stores-lend-leases'],
    ['projections/a.ts', '../src/read-model/memory', 'projections-know-the-port'],
    ['src/application/a.ts', '../event-store/memory', 'the-middle-knows-ports'],
    ['src/application/b.ts', '../../schema/target', 'the-middle-knows-ports'],
    ['src/application/c.ts', '../../projections/target', 'the-middle-knows-ports'],
    ['src/projector/a.ts', '../read-model/memory', 'the-middle-knows-ports'],
    ['src/projector/c.ts', '../coordination/redis-leases', 'the-middle-knows-ports'],
    ['schema/c.ts', '../src/coordination/memory-leases', 'schema-never-an-adapter'],
    ['src/feed/a.ts', '../audit/target', 'the-middle-knows-ports'],
    ['schema/a.ts', '../src/event-store/memory', 'schema-never-an-adapter'],
    ['schema/b.ts', '../src/http/target', 'schema-never-an-adapter'],
    ['src/http/a.ts', '../../schema/target', 'http-takes-the-schema-as-a-value'],
    ['src/http/b.ts', '../event-store/memory', 'http-takes-the-schema-as-a-value'],
    ['src/dashboard/a.ts', '../application/target', 'dashboard-knows-its-operations'],
    ['src/dashboard/b.ts', 'node:fs', 'dashboard-runs-in-a-browser'],
    ['src/http/c.ts', '../dashboard/ui/h', 'dashboard-is-built-apart'],
    ['src/domain/c.ts', '../../test/target', 'production-imports-no-test'],
    ['src/domain/d.ts', 'jest', 'no-dev-dependency-in-production'],
    ['src/domain/e.ts', './f', 'no-cycle'],
    ['src/domain/g.ts', './nowhere', 'resolvable'],
  ];
  const targets = ['src/application', 'src/feed', 'src/audit', 'src/http', 'schema', 'projections', 'test'].map(
    (folder) => `${folder}/target.ts`,
  );

  const allowed: readonly (readonly [file: string, imports: string])[] = [
    ['src/domain/h.ts', 'node:crypto'],
    ['src/setup/h.ts', '../domain/h'],
    ['src/statistics/h.ts', './b'],
    ['src/results/h.ts', '../statistics/h'],
    ['src/results/i.ts', '../domain/h'],
    ['src/application/h.ts', '../event-store/event-store'],
    ['src/application/i.ts', '../setup/h'],
    ['src/projector/h.ts', '../coordination/lease'],
    ['src/user-store/memory.ts', '../coordination/memory-leases'],
    ['src/user-store/h.ts', '../redis/h'],
    ['src/observations/h.ts', '../sqlite/h'],
    ['schema/i.ts', '../src/setup/h'],
    ['projections/h.ts', '../src/read-model/read-model'],
    ['schema/h.ts', '../src/application/target'],
    ['src/http/h.ts', '../application/target'],
    ['src/main.ts', '../schema/target'],
    ['src/dashboard/ui/h.tsx', 'react'],
  ];

  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'house-'));
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    };
    for (const file of [
      ...targets,
      'src/event-store/memory.ts',
      'src/event-store/event-store.ts',
      'src/coordination/lease.ts',
      'src/coordination/memory-leases.ts',
      'src/coordination/redis-leases.ts',
      'src/read-model/memory.ts',
      'src/read-model/read-model.ts',
      'src/redis/h.ts',
      'src/sqlite/h.ts',
      'src/sessions/redis-sessions.ts',
    ]) {
      write(file, 'export const target = 1;\n');
    }
    for (const [file, imports] of [...planted, ...allowed]) write(file, `import * as it from '${imports}';\nexport const used = it;\n`);
    write('src/domain/f.ts', "export * from './e';\n");
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.js']) cpSync(join(ROOT, file), join(directory, file));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('every rule of the table catches what is planted against it, and nothing else', async () => {
    const output = await check(
      'depcruise',
      ['--config', '.dependency-cruiser.js', '--output-type', 'json', 'src', 'schema', 'projections'],
      directory,
    );
    const { summary } = JSON.parse(output) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    const caught = new Set(summary.violations.map(({ from, rule }) => `${from} ${rule.name}`));
    for (const [file, , rule] of planted) expect(caught).toContain(`${file} ${rule}`);
    const innocent = allowed.map(([file]) => file);
    expect(summary.violations.filter(({ from }) => innocent.includes(from))).toEqual([]);
  });
});

describe('what the linters are for is caught', () => {
  let directory: string;
  const plant = (file: string, ...lines: readonly string[]) => {
    mkdirSync(join(directory, dirname(file)), { recursive: true });
    writeFileSync(join(directory, file), `${lines.join('\n')}\n`);
  };
  beforeAll(() => {
    // In a folder of its own, since the types of every file of the house would be loaded.
    directory = mkdtempSync(join(tmpdir(), 'planted-'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'src/dashboard/tsconfig.json']) {
      mkdirSync(join(directory, dirname(file)), { recursive: true });
      cpSync(join(ROOT, file), join(directory, file));
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('in code: what is wrong in it, a promise that is not awaited, a type', async () => {
    plant(
      'src/planted.ts',
      "type Size = 'small' | 'large';",
      'export default class Planted {',
      "  print(): void { void console.log('x'); }",
      '  forget(): void { Promise.resolve(1); }',
      "  of(size: Size): number { switch (size) { case 'small': return 1; } return 0; }",
      "  wrong: number = 'one';",
      '}',
    );
    plant('src/dashboard/planted.tsx', 'export const shown = <p title={1}>{document.title}</p>;');
    const output = await check('oxlint', ['--format', 'json', '.'], directory);
    const { diagnostics } = JSON.parse(output) as {
      diagnostics: { code: string; filename: string; labels: [{ span: { line: number } }] }[];
    };
    expect(diagnostics.map(({ code, filename, labels: [{ span }] }) => `${basename(filename)} ${span.line} ${code}`).sort()).toEqual([
      'planted.ts 2 import(no-default-export)',
      'planted.ts 3 eslint(no-console)',
      'planted.ts 4 typescript(no-floating-promises)',
      'planted.ts 5 typescript(switch-exhaustiveness-check)',
      'planted.ts 6 typescript(TS2322)',
      'planted.tsx 1 typescript(TS2322)',
    ]);
  });

  test('in the schema: a decorator without its type', async () => {
    writeFileSync(join(directory, 'eslint.config.mjs'), `export { default } from ${JSON.stringify(join(ROOT, 'eslint.config.mjs'))};\n`);
    plant(
      'schema/planted.ts',
      "import { Field, Arg } from 'type-graphql';",
      'export class Planted {',
      '  @Field() name: string;',
      "  @Field(() => String) good(@Arg('id', () => String) _id: string): void {}",
      "  @Field(() => String) bad(@Arg('id') _id: string): void {}",
      '}',
    );
    const [{ messages }] = JSON.parse(await check('eslint', ['--format', 'json', 'schema'], directory)) as [
      { messages: { line: number; ruleId: string }[] },
    ];
    expect(messages.map(({ line, ruleId }) => `${line} ${ruleId}`)).toEqual(['3 no-restricted-syntax', '5 no-restricted-syntax']);
  });
});

describe('files', () => {
  const files = ['src', 'schema', 'projections'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('dashboard/generated/'))
      .map((name) => join(folder, name)),
  );
  const lines = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1]));

  test('hold one concept each: none over 250 lines, half of them under 90', () => {
    expect([...lines].filter(([, count]) => count > 250)).toEqual([]);
    const sorted = [...lines.values()].sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(90);
  });

  test('are no fragments: at most 40, of all but the dashboard, have 30 lines or fewer of code', () => {
    const codeLines = (file: string): number =>
      readFileSync(join(ROOT, file), 'utf8')
        .replace(/\/\*[^]*?\*\//g, '')
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
    const small = files.filter((file) => !file.startsWith('src/dashboard/') && codeLines(file) <= 30);
    // With one more than 40: join a fragment with the file that it belongs to.
    expect(small.length > 40 ? small : []).toEqual([]);
  });

  test('are named for what they hold', () => {
    const empty = /^(?:.*-)?(?:utils?|helpers?|common|misc|managers?|services?)$/;
    expect(
      files.filter((file) =>
        file
          .replace(/\.tsx?$/, '')
          .split('/')
          .some((part) => empty.test(part)),
      ),
    ).toEqual([]);
  });

  test('an index is a list: no barrel, no logic', () => {
    const indexes = files.filter((file) => basename(file) === 'index.ts');
    expect(indexes.length).toBeGreaterThan(0);
    const logic = /\bexport \*|\bexport \{|=>|\bfunction\b|\bclass\b|\bif\b/;
    expect(indexes.filter((file) => logic.test(readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '')))).toEqual([]);
  });
});

test('no test bounds how long something took by the clock on the wall, which goes on while the machine is stopped', () => {
  const bound = /expect\((?:performance|Date)\.now\(\) - \w+\)\.toBeLessThan/;
  const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:test|soak)\.tsx?$/.test(name),
  );
  // `timed` of fixtures/elapsed measures a wait, `mainThreadCpuMs` of fixtures/main-thread-cpu work.
  expect(tests.filter((name) => bound.test(readFileSync(join(ROOT, 'test', name), 'utf8')))).toEqual([]);
});
