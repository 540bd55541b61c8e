import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecret, readSecret } from '../../src/http/tokens';

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'secret-'))));
afterEach(() => rm(directory, { recursive: true }));

test('the first start makes it, for this user alone; the next one finds it', async () => {
  const dataDir = join(directory, 'data');
  const first = await openSecret(dataDir);
  expect(first).toMatchObject({ created: true, exposed: false });
  expect(first.bytes).toHaveLength(32);
  expect((await stat(first.file)).mode & 0o777).toBe(0o600);
  expect(await openSecret(dataDir)).toEqual({ ...first, created: false });
  expect(await readdir(dataDir)).toEqual(['secret']);
});

test('of starts at the same time one makes it, and all have the same', async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => openSecret(directory)));
  expect(secrets.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(secrets.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
});

test('one that others can read is noticed', async () => {
  const { file } = await openSecret(directory);
  await chmod(file, 0o644);
  expect((await openSecret(directory)).exposed).toBe(true);
});

test('one that is damaged is not used, nor replaced', async () => {
  await writeFile(join(directory, 'secret'), 'short');
  await expect(openSecret(directory)).rejects.toThrow(/has 5 bytes, not 32/);
  await expect(openSecret(directory)).rejects.toThrow(/has 5 bytes/);
});

test('reading never makes one', async () => {
  await expect(readSecret(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(directory)).toEqual([]);
});
