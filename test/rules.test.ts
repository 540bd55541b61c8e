import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const NUMBER = /(?<![\w./-])([KSGXENVURA][1-9]\d?)(?![\w/-])/g;

function numbersIn(folders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const folder of folders) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, name);
      if (!file.endsWith('.ts') || file.includes('generated') || file === 'test/rules.test.ts') continue;
      for (const [, number = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(NUMBER)) {
        places.set(number, [...(places.get(number) ?? []), file]);
      }
    }
  }
  return places;
}

const [inForce = '', notBuilt = ''] = readFileSync(join(ROOT, 'docs/rules.md'), 'utf8').split('# Not built yet');
const ruleNumbers = (text: string): readonly string[] => [...text.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, number]) => number!);
const code = numbersIn(['src', 'schema', 'projections']);
const tests = numbersIn(['test']);

test.each(ruleNumbers(inForce))('%s is in force: the code has a place that cites it, and a test names it', (number) => {
  expect(code.get(number) ?? []).not.toEqual([]);
  expect(tests.get(number) ?? []).not.toEqual([]);
});

test('no number is cited that docs/rules.md does not have', () => {
  const known = new Set([...ruleNumbers(inForce), ...ruleNumbers(notBuilt)]);
  const unknown = [...code, ...tests].filter(([number]) => !known.has(number));
  expect(unknown).toEqual([]);
});

test('each number stands once in force, and once among those that are not built', () => {
  for (const numbers of [ruleNumbers(inForce), ruleNumbers(notBuilt)]) expect(new Set(numbers).size).toBe(numbers.length);
  expect(ruleNumbers(inForce).length).toBeGreaterThan(25);
});
