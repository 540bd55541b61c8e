import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

/** The files of a concept: those that are named for it. What people see of it in the dashboard is designed, and not measured. */
const FILES = {
  flag: ['src/domain/flag.ts', 'schema/flag.ts', 'src/setup/plan-flags.ts'],
  config: ['src/domain/config.ts', 'schema/config.ts', 'src/setup/plan-configs.ts'],
  segment: ['src/domain/segment.ts', 'schema/segment.ts'],
  goal: ['src/domain/goal.ts', 'schema/goal.ts'],
  key: ['src/domain/key.ts', 'schema/key.ts'],
} as const;
type Concept = keyof typeof FILES;

/** Lines as the compiler sees them: tokens alone, the concept's own name in one spelling. Imports, types and lone punctuation do not count. */
function linesOf(file: string, concept: Concept): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const lines = new Map<number, string>();
  const collect = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    if (children.length > 0) return children.forEach(collect);
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    lines.set(line, `${lines.get(line) ?? ''} ${node.getText(source)}`);
  };
  collect(source);
  const name = new RegExp(`${concept}s?`, 'gi');
  return [...lines.values()].map((line) => line.replace(name, 'concept')).filter((line) => /\w/.test(line));
}

/** The part of both concepts' lines that have an equal in the other. */
function equalPart(one: Concept, other: Concept): number {
  const [a, b] = [one, other].map((concept) => FILES[concept].flatMap((file) => linesOf(file, concept))) as [string[], string[]];
  const left = new Map<string, number>();
  for (const line of a) left.set(line, (left.get(line) ?? 0) + 1);
  let equal = 0;
  for (const line of b) {
    const count = left.get(line) ?? 0;
    if (count === 0) continue;
    left.set(line, count - 1);
    equal += 1;
  }
  return (2 * equal) / (a.length + b.length);
}

test('each file that is named for one of these concepts is measured', () => {
  const named = ['src/domain', 'src/setup', 'schema', 'projections'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => /^(?:plan-)?(?:flag|config|segment|goal|key)s?\.ts$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  expect(named.sort()).toEqual(Object.values(FILES).flat().sort());
});

test.each([
  ['flag', 'config'],
  ['segment', 'goal'],
  ['key', 'goal'],
] as const)('%s and %s share less than 40 % of their lines: what is alike comes from factories', (one, other) => {
  expect(equalPart(one, other)).toBeLessThan(0.4);
});
