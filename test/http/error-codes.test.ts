import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLIC_CODES } from '../../src/http/error-policy';

test('the README names every code that a client can meet in `extensions.code`', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const [, codes = ''] = /`extensions\.code` says which: ([^]*?)\.\n/.exec(readme) ?? [];
  const named = [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code);
  expect(named.sort()).toEqual([...PUBLIC_CODES, 'INTERNAL'].sort());
});
