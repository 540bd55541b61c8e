import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const read = (file: string): unknown => JSON.parse(readFileSync(join(__dirname, '..', file), 'utf8'));

test('package.json says of every dependency with an install script whether it may run', () => {
  const { packages } = read('package-lock.json') as { packages: Record<string, { hasInstallScript?: boolean }> };
  const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
  const having = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(Object.keys(allowScripts)).toEqual([...new Set(having)].sort());
});

describe('the browser of the tests', () => {
  const NONE = /NO BROWSER: the tests of the dashboard will NOT run/;

  /** Runs the script where only these browsers are, each of which starts or fails, and no packages can be installed. */
  function run(browsers: Readonly<Record<string, 'starts' | 'fails'>>, chromium?: string) {
    const bin = mkdtempSync(join(tmpdir(), 'browsers-'));
    for (const tool of ['bash', 'dirname', 'id']) symlinkSync(join('/usr/bin', tool), join(bin, tool));
    for (const [name, does] of Object.entries(browsers)) {
      writeFileSync(join(bin, name), `#!/bin/sh\nexit ${does === 'starts' ? 0 : 1}\n`, { mode: 0o755 });
    }
    const env = { PATH: bin, ...(chromium === undefined ? {} : { CHROMIUM: chromium }) };
    const { status, stdout, stderr } = spawnSync(join(__dirname, '../scripts/install-chromium.sh'), { env, encoding: 'utf8' });
    rmSync(bin, { recursive: true });
    return { status, used: / in (.*)\n$/.exec(stdout)?.[1], stderr };
  }

  test('is the first that starts, $CHROMIUM before all others', () => {
    const all = { chromium: 'starts', 'google-chrome': 'starts', 'chromium-browser': 'starts' } as const;
    expect(run(all)).toEqual({ status: 0, used: 'chromium', stderr: '' });
    expect(run({ ...all, chromium: 'fails' })).toEqual({ status: 0, used: 'google-chrome', stderr: '' });
    expect(run({ ...all, other: 'starts' }, 'other')).toEqual({ status: 0, used: 'other', stderr: '' });
    expect(run(all, '/not/there')).toEqual({ status: 0, used: 'chromium', stderr: '' });
  });

  test('is missed loudly, and the other tests run', () => {
    for (const none of [run({}), run({ chromium: 'fails' })]) {
      expect(none).toEqual({ status: 0, used: undefined, stderr: expect.stringMatching(NONE) as string });
    }
  });
});
