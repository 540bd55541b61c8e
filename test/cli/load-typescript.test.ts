import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'checkout-'));
  for (const directory of ['bin', 'node_modules', 'src']) await mkdir(join(checkout, directory));
  await copyFile(join(ROOT, 'bin/load-typescript.js'), join(checkout, 'bin/load-typescript.js'));
  await symlink(join(ROOT, 'node_modules/@swc'), join(checkout, 'node_modules/@swc'));
  await write('part.ts', 'export enum Part { First = 1 }\nexport function fail(): never {\n  throw new Error(`${Part.First}`);\n}\n');
  await write(
    'main.ts',
    "import { fail } from './part';\ntry {\n  fail();\n} catch (error) {\n  console.log((error as Error).stack);\n}\n",
  );
});
afterEach(() => rm(checkout, { recursive: true }));

const cache = () => join(checkout, 'node_modules/.cache');
const kept = (name: string) => join(cache(), 'experience-ledger/src', `${name}.js`);
const write = (name: string, text: string) => writeFile(join(checkout, 'src', name), text);

async function run(): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--require', './bin/load-typescript.js', './src/main.ts'], {
    cwd: checkout,
  });
  return stdout + stderr;
}

test('what is compiled is kept and used again until the text is another, and errors name the lines of the TypeScript', async () => {
  expect(await run()).toContain(`Error: 1\n    at fail (${join(checkout, 'src/part.ts')}:3:9)`);
  expect((await readdir(join(cache(), 'experience-ledger/src'))).sort()).toEqual([
    'main.ts.js',
    'main.ts.js.map',
    'part.ts.js',
    'part.ts.js.map',
  ]);
  const code = await readFile(kept('part.ts'), 'utf8');
  await writeFile(kept('part.ts'), code.replace('new Error(', "new Error('kept ' + "));
  expect(await run()).toContain('Error: kept 1');
  await write('part.ts', 'export function fail(): never {\n  throw new Error("other");\n}\n');
  expect(await run()).toContain(`Error: other\n    at fail (${join(checkout, 'src/part.ts')}:2:9)`);
});

test('without a source map an error names the lines of the JavaScript, which are nearly the same', async () => {
  await run();
  for (const text of ['', '{', '{"version":3}']) {
    await writeFile(`${kept('part.ts')}.map`, text);
    expect(await run()).toMatch(new RegExp(`^Error: 1\\n    at fail \\(${join(checkout, 'src/part.ts')}:\\d+:\\d+\\)`));
  }
});

test('what another compiler has kept is not used', async () => {
  await run();
  const code = await readFile(kept('part.ts'), 'utf8');
  await writeFile(kept('part.ts'), code.replace(/^\/\* \w+/, `/* ${'0'.repeat(64)}`).replace('new Error(', "new Error('kept ' + "));
  expect(await run()).toContain('Error: 1\n');
  expect(await readFile(kept('part.ts'), 'utf8')).toBe(code);
});

test('where nothing can be kept, it runs all the same', async () => {
  await writeFile(cache(), 'a file, where a directory would have to be');
  for (let time = 0; time < 2; time += 1) expect(await run()).toMatch(/^Error: 1\n/);
});

test('several processes that begin at once all run, and leave whole files and nothing else', async () => {
  for (const output of await Promise.all(Array.from({ length: 4 }, run))) expect(output).toMatch(/^Error: 1\n/);
  expect((await readdir(join(cache(), 'experience-ledger/src'))).sort()).toEqual([
    'main.ts.js',
    'main.ts.js.map',
    'part.ts.js',
    'part.ts.js.map',
  ]);
  expect(await run()).toMatch(/^Error: 1\n/);
});
