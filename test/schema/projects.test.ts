import { accept, refuse } from '../fixtures/mutation';
import { Stack, type By } from '../fixtures/stack';
import {
  CreateProjectDocument,
  EditProjectDocument,
  ProjectDocument,
  ProjectsDocument,
  type ProjectsQueryVariables,
} from '../generated/operations';

let stack: Stack;
beforeEach(async () => {
  stack = await Stack.start({ projectLimit: 5 });
});
afterEach(() => stack.stop());

const create = (projectId: string, name = projectId) => accept(stack, CreateProjectDocument, { projectId, name });
const read = async (id: string) => (await stack.ask(ProjectDocument, { id })).project;

describe('a project', () => {
  test('is created and edited, and null where there is none', async () => {
    const project = await accept(
      stack,
      CreateProjectDocument,
      { projectId: 'bank', name: ' Bank ', description: 'Money.' },
      { actor: 'bob' },
    );
    expect(project).toMatchObject({
      id: 'bank',
      projectId: 'bank',
      name: 'Bank',
      description: 'Money.',
      version: 1,
      createdBy: { subject: 'bob' },
      staleSince: null,
    });
    expect(project.head).toBe(project.cursor);
    expect(await read('bank')).toEqual({ ...project, __typename: undefined });
    expect(await read('nothing')).toBeNull();
    const edited = await accept(stack, EditProjectDocument, { projectId: 'bank', name: 'Bench', expectedVersion: 1 });
    expect(edited).toMatchObject({ name: 'Bench', description: 'Money.', version: 2, updatedBy: { subject: 'alice' } });
    const before = (await stack.events('bank')).length;
    expect(await accept(stack, EditProjectDocument, { projectId: 'bank', name: 'Bench' })).toEqual(edited);
    expect((await stack.events('bank')).length).toBe(before);
  });

  test('is refused for bad input, at the paths of the input', async () => {
    const refusal = await refuse(stack, CreateProjectDocument, { projectId: 'No Slug', name: '', description: 'x'.repeat(2_001) });
    expect(refusal).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^projectId: /),
      problems: [{ path: 'projectId' }, { path: 'name' }, { path: 'description' }],
    });
    expect(await refuse(stack, EditProjectDocument, { name: '' })).toMatchObject({ problems: [{ path: 'name' }] });
  });

  test('is refused where its id is taken, where it is not there, and where it has moved', async () => {
    expect(await refuse(stack, CreateProjectDocument, { projectId: 'shop', name: 'Other' })).toMatchObject({
      code: 'ALREADY_EXISTS',
      existing: { kind: 'PROJECT', entityId: 'shop', nodeId: 'shop', name: 'Shop' },
    });
    expect(await refuse(stack, EditProjectDocument, { projectId: 'bank', name: 'x' })).toMatchObject({
      code: 'NOT_FOUND',
      kind: 'PROJECT',
      entityId: 'bank',
    });
    expect(await refuse(stack, EditProjectDocument, { name: 'x', expectedVersion: 2 })).toMatchObject({ code: 'STALE', currentVersion: 1 });
  });

  test('A1 a repeated command answers its first result; with another input it is refused', async () => {
    const input = { projectId: 'bank', name: 'Bank', commandId: 'c1' };
    const project = await accept(stack, CreateProjectDocument, input);
    expect(await accept(stack, CreateProjectDocument, input)).toEqual(project);
    expect(await stack.events('bank')).toHaveLength(1);
    expect(await refuse(stack, CreateProjectDocument, { ...input, name: 'Bench' })).toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });
});

describe('an instance that is full', () => {
  const input = { projectId: 'five', name: 'Five', commandId: 'c1' };
  beforeEach(async () => {
    for (const id of ['two', 'three', 'four']) await create(id);
    await accept(stack, CreateProjectDocument, input);
  });

  test('takes no further project, and says who can change that', async () => {
    const refusal = await refuse(stack, CreateProjectDocument, { projectId: 'six', name: 'Six' });
    expect(refusal).toMatchObject({ code: 'LIMIT_REACHED', limit: 5, message: expect.stringContaining('PROJECT_LIMIT') });
  });

  test('has a better answer where there is one: it is there already, it was the same command, the input is wrong (A6)', async () => {
    expect(await refuse(stack, CreateProjectDocument, { projectId: 'two', name: 'x' })).toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await accept(stack, CreateProjectDocument, input)).toMatchObject({ id: 'five', version: 1 });
    const bad = await refuse(stack, CreateProjectDocument, { projectId: 'Six', name: 'Six' });
    expect(bad).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'projectId' }] });
  });
});

describe('the list of projects', () => {
  beforeEach(async () => {
    await create('bank', 'Deposit Café');
    await create('zoo', 'Animals');
    await create('app-1', 'First');
  });

  const list = async (args: ProjectsQueryVariables = {}, by?: By) => (await stack.ask(ProjectsDocument, args, by)).projects;
  const ids = async (args: ProjectsQueryVariables = {}, by?: By) => (await list(args, by)).edges.map(({ node }) => node.id);

  test('goes by id, forwards to the end and backwards to the start', async () => {
    const order = ['app-1', 'bank', 'shop', 'zoo'];
    expect(await ids()).toEqual(order);
    for (const size of [1, 2, 3]) {
      const forwards: string[] = [];
      for (let after: string | null = null, more = true; more;) {
        const page = await list({ first: size, after });
        expect(page).toMatchObject({ totalCount: 4, pageInfo: { hasPreviousPage: forwards.length > 0 } });
        forwards.push(...page.edges.map(({ node }) => node.id));
        ({ endCursor: after, hasNextPage: more } = page.pageInfo);
      }
      expect(forwards).toEqual(order);
      const backwards: string[] = [];
      for (let before: string | null = null, more = true; more;) {
        const page = await list({ last: size, before });
        expect(page.pageInfo.hasNextPage).toBe(backwards.length > 0);
        backwards.unshift(...page.edges.map(({ node }) => node.id));
        ({ startCursor: before, hasPreviousPage: more } = page.pageInfo);
      }
      expect(backwards).toEqual(order);
    }
  });

  test('may be asked for nothing but its length', async () => {
    expect(await list({ first: 0 })).toEqual({
      edges: [],
      totalCount: 4,
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('is searched by id, name and description, whatever their case', async () => {
    expect(await ids({ search: 'CAFE\u0301' })).toEqual(['bank']);
    expect(await ids({ search: 'pp-' })).toEqual(['app-1']);
    expect(await list({ search: 'nothing' })).toMatchObject({ edges: [], totalCount: 0, pageInfo: { hasNextPage: false } });
  });

  test('refuses what no list could answer, and edge cursors of other lists', async () => {
    const bad: [ProjectsQueryVariables, RegExp][] = [
      [{ first: 501 }, /from 0 to 500, not 501/],
      [{ last: -1 }, /from 0 to 500, not -1/],
      [{ first: 1, last: 1 }, /not both/],
      [{ after: 'x' }, /no edge cursor/],
      [{ search: 'x'.repeat(201) }, /at most 200/],
    ];
    for (const [args, message] of bad) {
      expect(await stack.fail(ProjectsDocument, args)).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringMatching(message) });
    }
    await stack.ask('mutation { createKey(input: { projectId: "shop", name: "size", type: JSON }) { __typename } }');
    const keys = await stack.ask<{ keys: { edges: { cursor: string }[] } }>('{ keys(projectId: "shop") { edges { cursor } } }');
    const after = keys.keys.edges[0]!.cursor;
    expect(await stack.fail(ProjectsDocument, { after })).toMatchObject({ message: expect.stringContaining('another list') });
  });

  test('shows callers the projects in which they have a role, and counts no others', async () => {
    const by: By = { roles: { bank: ['member'], zoo: ['app'] } };
    expect(await list({ first: 1 }, by)).toMatchObject({ totalCount: 2, edges: [{ node: { id: 'bank' } }] });
    expect(await ids({ search: 'shop' }, by)).toEqual([]);
    expect(await ids({}, { roles: {} })).toEqual([]);
  });

  test('reads no more projects than a page shows, unless it looks for a text', async () => {
    const read = jest.spyOn(stack.readModel, 'getOfEach');
    await list({ first: 2 });
    await list({ search: 'shop' });
    const [page, ...searched] = read.mock.calls.map(([ids]) => ids.length);
    expect([page, searched.reduce((sum, count) => sum + count, 0)]).toEqual([2, 5]);
    read.mockRestore();
  });
});
