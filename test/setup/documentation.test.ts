import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSchema } from '../../src/setup/file-schema';
import { parseSetup } from '../../src/setup/parse';

const text = readFileSync(join(__dirname, '../../docs/setup-file.md'), 'utf8');

test('the example in the documentation is right, and names every list of the format', () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
  const parsed = parseSetup(example);
  expect(parsed).toHaveProperty('file');
  const lists = Object.keys(fileSchema.shape).filter((name) => name !== '$schema' && name !== 'version');
  expect('file' in parsed && Object.keys(parsed.file).sort()).toEqual(lists.sort());
});

test('every field of the format is in the documentation', () => {
  const fields = new Set<string>();
  const collect = (shape: unknown): void => {
    const { shape: members, element, innerType } = (shape as { def: { shape?: object; element?: unknown; innerType?: unknown } }).def;
    for (const [name, member] of Object.entries(members ?? {})) {
      fields.add(name);
      collect(member);
    }
    if (element !== undefined) collect(element);
    if (innerType !== undefined) collect(innerType);
  };
  collect(fileSchema);
  expect(fields.size).toBeGreaterThan(25);
  expect([...fields].filter((name) => !new RegExp(`\\b${name.replace('$', '')}\\b`).test(text))).toEqual([]);
});
