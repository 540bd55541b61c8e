import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkRule } from '../../src/domain/rule-check';
import { SETUP_SCHEMA_FILE } from '../../schema/emit';
import { setupSchemaText } from '../../src/setup/file-schema';
import { ruleSchema } from '../../src/setup/rule-schema';
import { writeSetup } from '../../src/setup/write';
import { arbitraryRule } from '../domain/arbitrary-rule';
import { arbitraryFile } from './arbitrary-file';

const committed = readFileSync(SETUP_SCHEMA_FILE, 'utf8');
const schema = z.fromJSONSchema(JSON.parse(committed) as never);
const shop = parse(readFileSync(join(__dirname, '../fixtures/setup/shop.yaml'), 'utf8')) as { keys: object[]; segments: object[] };

test('the committed JSON Schema is that of the code: run `npm run schema` when this fails', () => {
  expect(committed).toBe(setupSchemaText());
});

test('it takes every file that is written', () => {
  expect(schema.safeParse(shop).error).toBeUndefined();
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      expect(schema.safeParse(JSON.parse(writeSetup(file, 'json'))).error).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['an unknown field', { ...shop, extra: 1 }],
  ['an unknown field of a key', { ...shop, keys: [{ name: 'a', type: 'BOOLEAN', default: true, extra: 1 }] }],
  ['no version', { ...shop, version: undefined }],
  ['a later version', { ...shop, version: 3 }],
  ['the version before, whose shares are basis points', { ...shop, version: 1 }],
  ['a share above 100 %', { ...shop, flags: [{ name: 'a', key: 'new_cart', rows: [{ percentage: 2_500, value: true }] }] }],
  ['an unknown type', { ...shop, keys: [{ name: 'a', type: 'BOOL', default: true }] }],
  ['a name that no code can have', { ...shop, keys: [{ name: '1 a', type: 'BOOLEAN', default: true }] }],
  ['an unknown operator', { ...shop, segments: [{ name: 'a', rule: { property: { name: 'a', operator: 'IS', value: 1 } } }] }],
  ['two things in one node of a rule', { ...shop, segments: [{ name: 'a', rule: { all: [], any: [] } }] }],
])('it refuses %s', (_, file) => {
  expect(schema.safeParse(JSON.parse(JSON.stringify(file))).success).toBe(false);
});

test('it takes every rule that the domain takes', () => {
  fc.assert(
    fc.property(arbitraryRule, (rule) => {
      expect(checkRule(rule, 'rule')).toEqual([]);
      expect(ruleSchema.safeParse(rule).error).toBeUndefined();
    }),
  );
});
