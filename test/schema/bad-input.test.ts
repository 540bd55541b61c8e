import { getNamedType, isInputObjectType, isNonNullType } from 'graphql';
import { buildExperienceSchema } from '../../schema/build';
import { Stack } from '../fixtures/stack';
import { minimalRequest } from './minimal-request';

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
  const created = [
    'createKey(input: { projectId: "shop", name: "price", type: NUMBER, defaultValue: 1 }) { __typename }',
    'createFlag(input: { projectId: "shop", name: "Sale", key: "price" }) { __typename }',
  ];
  for (const mutation of created) await stack.ask(`mutation { ${mutation} }`);
});
afterAll(() => stack.stop());

const REFUSED = '{ __typename ... on Refusal { message }  ... on Preview { wouldRefuse { message } } }';
interface Answer {
  readonly message?: string;
  readonly problems?: readonly { readonly message: string }[];
  readonly wouldRefuse?: { readonly message: string } | null;
}

const emoji = (count: number): string => '🎉'.repeat(count);
const createFlag = (percentage: string): string =>
  `mutation { answer: createFlag(input: { projectId: "shop", name: "F", key: "price", rows: [{ percentage: ${percentage}, value: 2 }] }) ${REFUSED} }`;
const archiveKey = (more: string): string => `mutation { answer: archiveKey(input: { ${more} }) ${REFUSED} }`;

/** What each is answered with: an error of its own, or a refusal at its place in the input. */
test.each<[string, string, RegExp]>([
  ['an id of another kind', archiveKey('id: "shop/flag/x"'), /^id: must be the `id` of a key: it is that of a flag/],
  [
    'an id of another project',
    archiveKey('projectId: "shop", id: "other/key/price"'),
    /^id: must be of the project "shop": it is of "other"/,
  ],
  ['an id of the past in a mutation', archiveKey('id: "shop/key/price@1"'), /must not end with "@1"/],
  [
    'null where there must be one',
    `mutation { answer: editFlag(input: { id: "shop/flag/x", name: null }) ${REFUSED} }`,
    /^name: must not be null: leave it out/,
  ],
  [
    'null deep in an input',
    `mutation { answer: createExperiment(input: { projectId: "shop", name: "E", keys: [], variants: [], analysis: { alpha: null } }) ${REFUSED} }`,
    /^analysis\.alpha: must not be null/,
  ],
  ['a local id', archiveKey('id: "price"'), /^id: must be an `id` as this API gave it/],
  ['a percentage with three decimals', createFlag('33.333'), /rows\[0\]\.percentage: .*at most two decimals/],
  ['a percentage above 100', createFlag('100.01'), /rows\[0\]\.percentage: .*0 to 100/],
  ['a percentage that is none', createFlag('"half"'), /A percentage is a number from 0 to 100/],
  [
    'a preview with a command id',
    archiveKey('id: "shop/key/price", preview: true, commandId: "mine"'),
    /commandId: must be left out with `preview`/,
  ],
  [
    'a search of 201 emoji',
    `{ answer: search(projectId: "shop", text: "${emoji(201)}") { totalCount } }`,
    /`text` must have at most 200 characters/,
  ],
  ['a filter of no such list', '{ answer: flags(projectId: "shop", unused: true) { totalCount } }', /Unknown argument "unused"/],
  ['a filter that does not fit', '{ answer: flags(projectId: "shop", uses: "shop/goal/x") { totalCount } }', /no flag uses a goal/],
  ['a sort that does not fit', '{ answer: experiments(projectId: "shop", sort: USED_BY) { totalCount } }', /nothing uses experiments/],
  [
    'a filter by a thing of another project',
    '{ answer: flags(projectId: "shop", uses: "other/key/a") { totalCount } }',
    /must be of the project "shop"/,
  ],
  [
    'a filter by what is no id',
    '{ answer: flags(projectId: "shop", uses: "price") { totalCount } }',
    /must be an `id` as this API gave it/,
  ],
  [
    'a search without a text',
    '{ answer: search(projectId: "shop", text: " ") { totalCount } }',
    /^`text` must have at least one character/,
  ],
  ['a search in no project', '{ answer: search(projectId: "none", text: "a") { totalCount } }', /^There is no project "none"/],
  ['101 hits', '{ answer: search(projectId: "shop", text: "a", first: 101) { totalCount } }', /^`first` must be from 1 to 100, not 101/],
  ['a page of 501', '{ answer: keys(projectId: "shop", first: 501) { totalCount } }', /`first` must be from 0 to 500/],
  ['names of 501', `{ answer: names(ids: [${'"shop", '.repeat(501)}]) { name } }`, /`ids` must be at most 500/],
  [
    'a rule that is no rule',
    '{ answer: checkRule(projectId: "shop", rule: []) { problems { path message } } }',
    /must be an object with all, any, not/,
  ],
])('%s has its own answer', async (_what, document, expected) => {
  const before = (await stack.events()).length;
  const { data, errors = [] } = await stack.run<{ answer: Answer }>(document);
  const { message, problems = [], wouldRefuse } = data?.answer ?? {};
  const said = [...errors.map((error) => error.message), message, ...problems.map((problem) => problem.message), wouldRefuse?.message];
  expect(said.filter((words) => words !== undefined).join(' ')).toMatch(expected);
  expect((await stack.events()).length).toBe(before);
});

test('a search of 200 emoji has its answer', async () => {
  expect(await stack.ask(`{ search(projectId: "shop", text: "${emoji(200)}") { hits { name } totalCount } }`)).toEqual({
    search: { hits: [], totalCount: 0 },
  });
  expect(await stack.ask(`{ keys(projectId: "shop", search: "${emoji(200)}") { totalCount } }`)).toEqual({ keys: { totalCount: 0 } });
});

const queries = Object.values(buildExperienceSchema().getQueryType()?.getFields() ?? {});
const ofAProject = queries.filter(({ args }) => args.some(({ name }) => name === 'projectId') && !args.some(({ name }) => name === 'id'));

test('a project that is not there has one answer, whatever is asked of it, and the rest of the document has its own', async () => {
  expect(ofAProject.length).toBeGreaterThan(15);
  for (const field of ofAProject) {
    const { document, variables } = minimalRequest('query', field, 'nowhere');
    const { data, errors = [] } = await stack.run<Record<string, unknown>>(document.replace('{', '{ there: project(id: "shop") { id } '), {
      ...variables,
    });
    // What is checked before it is stored depends on nothing that is stored.
    if (isNonNullType(field.type)) expect([field.name, errors]).toEqual([expect.stringMatching(/^check/), []]);
    else {
      expect([field.name, data]).toEqual([field.name, { there: { id: 'shop' }, [field.name]: null }]);
      const expected = { message: 'There is no project "nowhere". Create it with createProject.', extensions: { code: 'NOT_FOUND' } };
      expect([field.name, errors]).toEqual([field.name, [expect.objectContaining(expected)]]);
    }
  }
});

test('every command takes null for what it need not say of itself', async () => {
  const commands = Object.values(buildExperienceSchema().getMutationType()?.getFields() ?? {});
  for (const field of commands) {
    const type = getNamedType(field.args[0]?.type);
    if (!isInputObjectType(type) || type.getFields()['commandId'] === undefined) continue;
    const { document, variables } = minimalRequest('mutation', field, 'nowhere');
    const reason = isNonNullType(type.getFields()['reason']?.type) ? 'why' : null;
    const input = { ...(variables['input'] as object), commandId: null, reason, preview: true };
    const { data, errors } = await stack.run<Record<string, Answer>>(document.replace(/ \{ __typename \}/, ` ${REFUSED}`), { input });
    expect([field.name, errors]).toEqual([field.name, undefined]);
    expect(JSON.stringify(data)).not.toMatch(/must not be null/);
  }
});
