import type { Json } from '../../src/domain/json';
import { OPERATORS, RULE_LIMITS } from '../../src/domain/rule';
import { Stack } from '../fixtures/stack';

interface Check {
  readonly text: string | null;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly conditions: readonly { readonly path: string; readonly text: string }[];
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}

const FIELDS = 'text problems { path message } conditions { path text } warnings { path message }';

let stack: Stack;
beforeAll(async () => (stack = await Stack.start()));
afterAll(() => stack.stop());

async function checkRule(rule: Json): Promise<Check> {
  const document = `query ($rule: JSON!) { checkRule(projectId: "shop", rule: $rule) { ${FIELDS} } }`;
  return (await stack.ask<{ checkRule: Check }>(document, { rule })).checkRule;
}

const property = (name: string, operator: string, operand: object): Json => ({ property: { name, operator, ...operand } }) as Json;

test('a rule that may be stored is said in words, as a whole and condition by condition', async () => {
  const rule = {
    all: [
      property('geo.country', 'EQUALS', { value: 'NO' }),
      { not: { did: { event: 'purchase', window: { lastDays: 7 }, filters: [{ name: 'price', operator: 'GREATER', value: 10 }] } } },
    ],
  } as Json;
  const check = await checkRule(rule);
  expect(check).toEqual({
    text: expect.stringMatching(/^country is NO and not \(did \*purchase\* with price > 10 in the last 7 days\)$/),
    problems: [],
    conditions: [
      { path: 'rule.all[0].property', text: 'country is NO' },
      { path: 'rule.all[1].not.did', text: 'did *purchase* with price > 10 in the last 7 days' },
    ],
    warnings: [],
  });
  const parts = '{ kind text name }';
  const document = `query ($rule: JSON!) { checkRule(projectId: "shop", rule: $rule) { text textParts ${parts} conditions { parts ${parts} } } }`;
  type Spoken = readonly { readonly text: string }[];
  const { checkRule: spoken } = await stack.ask<{ checkRule: { textParts: Spoken; conditions: { parts: Spoken }[] } }>(document, { rule });
  expect(spoken.conditions[0]!.parts).toMatchObject([
    { kind: 'PROPERTY', text: 'country', name: 'geo.country' },
    { kind: 'TEXT', text: ' is ' },
    { kind: 'VALUE', text: 'NO' },
  ]);
  expect(spoken.textParts).toEqual(expect.arrayContaining([{ kind: 'EVENT', text: 'purchase', name: 'purchase' }]));
  expect(spoken.textParts.map(({ text }) => text).join('')).toBe(check.text?.replaceAll('*', ''));
  const input =
    'mutation ($rule: RuleInput!) { createSegment(input: { projectId: "shop", name: "S", rule: $rule }) { ... on Segment { ruleText } } }';
  expect(await stack.ask(input, { rule })).toEqual({ createSegment: { ruleText: check.text } });
});

test.each<[string, Json, string[]]>([
  ['nothing at all', {}, ['rule']],
  ['no object', 'everyone', ['rule']],
  [
    'an empty condition',
    { all: [{ property: { name: '', operator: 'EQUALS' } }] },
    ['rule.all[0].property.name', 'rule.all[0].property.value'],
  ],
  ['an operator that there is not', property('a', 'LIKE', { value: 1 }), ['rule.property.operator']],
  ['a pattern that is none', property('a', 'MATCHES', { value: '(' }), ['rule.property.value']],
  ['a list without conditions', { any: [] }, ['rule.any']],
  [
    'too deep',
    Array.from({ length: 9 }).reduce<Json>((rule) => ({ not: rule }), property('a', 'EXISTS', {})),
    [expect.stringMatching(/^rule(\.not)+$/) as never],
  ],
])('%s has its problems where they are, and no words yet', async (_what, rule, paths) => {
  const check = await checkRule(rule);
  expect(check).toMatchObject({ text: null, conditions: [], warnings: [] });
  expect(check.problems.map(({ path }) => path)).toEqual(paths);
});

test.each<[string, Json, string, RegExp]>([
  [
    'a misspelt known property',
    property('geo.contry', 'EQUALS', { value: 'NO' }),
    'rule.property.name',
    /"geo.contry" is not one of the known properties: geo.continent, geo.country/,
  ],
  [
    'a property of the app below `user.`',
    property('user.plan', 'EQUALS', { value: 'pro' }),
    'rule.property.name',
    /user.age, user.gender, user.language/,
  ],
  [
    'an age as a text',
    property('user.age', 'EQUALS', { value: '18' }),
    'rule.property',
    /has values of the type NUMBER, so "age is "18"" matches no user/,
  ],
  ['a country as a number', property('geo.country', 'IN', { values: ['NO', 47] }), 'rule.property', /has values of the type STRING/],
])('%s is allowed, with a warning', async (_what, rule, path, message) => {
  const check = await checkRule(rule);
  expect(check).toMatchObject({ problems: [], text: expect.any(String), warnings: [{ path, message: expect.stringMatching(message) }] });
});

test('what is as it should be has no warning: known properties of their types, and any name of the app', async () => {
  for (const rule of [
    property('user.age', 'AT_LEAST', { value: 18 }),
    property('app.version', 'VERSION_AT_LEAST', { value: '1.2' }),
    property('geo.country', 'EXISTS', {}),
    property('plan', 'EQUALS', { value: 3 }),
    property('geography', 'EQUALS', { value: 'x' }),
    { did: { event: 'geo.x', window: { ever: true }, filters: [{ name: 'geo.x', operator: 'EXISTS' }] } } as Json,
  ]) {
    expect(await checkRule(rule)).toMatchObject({ problems: [], warnings: [] });
  }
});

test('what a goal measures is checked in the same way', async () => {
  const document = `query ($goal: GoalMeasureInput!) { checkGoal(projectId: "shop", goal: $goal) { ${FIELDS} } }`;
  const checkGoal = async (goal: object) => (await stack.ask<{ checkGoal: Check }>(document, { goal })).checkGoal;
  const filters = [{ name: 'price', operator: 'GREATER', value: 10 }];
  expect(await checkGoal({ event: 'purchase', filters })).toMatchObject({
    text: expect.stringContaining('*purchase* with price > 10'),
    problems: [],
    conditions: [{ path: 'filters[0]', text: 'price > 10' }],
  });
  expect(await checkGoal({ event: '', measure: 'SUM', windowDays: 0 })).toMatchObject({
    text: null,
    problems: [{ path: 'event' }, { path: 'windowDays' }, { path: 'property' }],
  });
});

test('operators and limits are those of the domain', async () => {
  const { operators, ruleLimits } = await stack.ask<{
    operators: { name: string; takes: string[]; types: string[] }[];
    ruleLimits: object;
  }>(
    '{ operators { name words takes types } ruleLimits { depth leaves filters values bytes patterns count lastDays versionLength } }',
    {},
    { roles: {} },
  );
  expect(operators.map(({ name }) => name)).toEqual(OPERATORS);
  expect(ruleLimits).toEqual(RULE_LIMITS);
  // What an operator takes is what the domain asks for, and nothing else.
  const OPERANDS = { VALUE: { value: '1' }, VALUES: { values: ['1'] }, FROM: { from: '2026-01-01' }, TO: { to: '2026-01-02' } };
  for (const { name, takes } of operators) {
    const operand = Object.assign({}, ...takes.map((take) => OPERANDS[take as keyof typeof OPERANDS])) as { value?: unknown };
    if (/LESS|AT_MOST|GREATER|AT_LEAST/.test(name) && !name.startsWith('VERSION')) operand.value = 1;
    expect([name, (await checkRule(property('a', name, operand))).problems]).toEqual([name, []]);
    if (takes.length > 0) expect((await checkRule(property('a', name, {}))).problems).not.toEqual([]);
  }
});

test('the vocabulary has what segments and goals ask for, without the archived, and all that is reserved with its type', async () => {
  const own = await Stack.start();
  const segment = (name: string, rule: Json) =>
    own.ask(
      'mutation ($name: String!, $rule: RuleInput!) { createSegment(input: { projectId: "shop", name: $name, rule: $rule }) { ... on Segment { id } } }',
      { name, rule },
    ) as Promise<{ createSegment: { id: string } }>;
  const gone = await segment('Gone', property('old', 'EXISTS', {}));
  await own.ask('mutation ($id: ID!) { archiveSegment(input: { projectId: "shop", id: $id }) { __typename } }', gone['createSegment']);
  await segment('A', property('plan', 'IN', { values: ['pro', 3] }));
  await segment('B', {
    any: [
      property('plan', 'EQUALS', { value: 'pro' }),
      property('geo.country', 'EQUALS', { value: 'NO' }),
      { did: { event: 'purchase', window: { ever: true }, filters: [{ name: 'price', operator: 'GREATER', value: 1 }] } },
    ],
  } as Json);
  await own.ask(
    'mutation { createGoal(input: { projectId: "shop", name: "G", event: "purchase", measure: SUM, property: "amount" }) { __typename } }',
  );
  const document =
    '{ vocabulary(projectId: "shop") { events { name uses properties { name types uses } } properties { name words types reserved uses } } }';
  const { vocabulary } = await own.ask<{ vocabulary: { events: object[]; properties: { name: string; reserved: boolean }[] } }>(document);
  expect(vocabulary.events).toEqual([
    {
      name: 'purchase',
      uses: 2,
      properties: [
        { name: 'amount', types: ['NUMBER'], uses: 1 },
        { name: 'price', types: ['NUMBER'], uses: 1 },
      ],
    },
  ]);
  expect(vocabulary.properties.filter(({ reserved }) => !reserved)).toEqual([
    { name: 'plan', words: null, types: ['NUMBER', 'STRING'], reserved: false, uses: 2 },
  ]);
  const known = (name: string) => vocabulary.properties.find((each) => each.name === name);
  expect(known('geo.country')).toEqual({ name: 'geo.country', words: 'country', types: ['STRING'], reserved: true, uses: 1 });
  expect(known('user.age')).toMatchObject({ types: ['NUMBER'], uses: 0 });
  expect(known('old')).toBeUndefined();
  expect(await own.fail('{ vocabulary(projectId: "none") { events { name } } }')).toMatchObject({ code: 'NOT_FOUND' });
  await own.stop();
});
