import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { globalId, localId } from '../fixtures/ids';
import { accept, refuse } from '../fixtures/mutation';
import { reads, setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';
import {
  ArchiveFlagDocument,
  ArchiveKeyDocument,
  CreateFlagDocument,
  EditFlagDocument,
  FlagDocument,
  FlagsDocument,
  PauseFlagDocument,
  PublishFlagDocument,
  RestoreFlagDocument,
  ResumeFlagDocument,
  type FlagInput,
  type RestoreFlagMutation,
  type ArchiveFlagMutation,
  type ResumeFlagMutation,
  type PauseFlagMutation,
  type PublishFlagMutation,
  type FlagsQueryVariables,
} from '../generated/operations';

/** A mutation that needs nothing but a flag. */
type FlagMutation = TypedDocumentNode<
  PublishFlagMutation | PauseFlagMutation | ResumeFlagMutation | ArchiveFlagMutation | RestoreFlagMutation,
  { input: FlagInput }
>;

let stack: Stack;
beforeEach(async () => {
  stack = await Stack.start({ limits: { flags: 4 } });
  await setUp(stack).keys(['size', 'width', 'height', 'depth', 'weight']);
});
afterEach(() => stack.stop());

const create = (name: string, key: string) => accept(stack, CreateFlagDocument, { name, key });
const count = async (): Promise<number> => (await stack.events()).length;
const read = async (id: string) => (await stack.ask(FlagDocument, { projectId: 'shop', id })).flag;

describe('a flag', () => {
  test('E1 begins as a draft, on one key, with its rows in order, each with an id', async () => {
    const segment = await setUp(stack).segment('New Yorkers');
    const rows = [{ segmentId: segment, percentage: 25, value: 7 }, { value: 5 }];
    const flag = await accept(stack, CreateFlagDocument, { name: ' Big ', key: 'size', rows, description: 'For\nall.' }, { actor: 'bob' });
    expect(flag).toMatchObject({
      projectId: 'shop',
      name: 'Big',
      description: 'For\nall.',
      status: 'DRAFT',
      archivedFrom: null,
      version: 1,
      createdBy: { subject: 'bob' },
      updatedBy: { subject: 'bob' },
      key: { name: 'size', type: 'NUMBER' },
      rows: [
        { row: 'r1', segment: { id: segment, name: 'New Yorkers' }, percentage: 25, value: 7 },
        { row: 'r2', segment: null, percentage: 100, value: 5 },
      ],
    });
    expect(await read(flag.id)).toEqual({ ...flag, __typename: undefined });
  });

  test('is null where there is none, and without rows serves no one', async () => {
    expect(await read(globalId('flag', 'nothing'))).toBeNull();
    expect(await create('Bare', 'size')).toMatchObject({ rows: [], description: '' });
  });

  test('A4 an edit changes what it names and leaves the rest; rows keep their ids, and ids are never given twice', async () => {
    const { id } = await accept(stack, CreateFlagDocument, { name: 'Big', key: 'size', rows: [{ value: 1 }, { value: 2 }] });
    const shorter = await accept(stack, EditFlagDocument, { id, rows: [{ row: 'r2', value: 3 }] });
    expect(shorter).toMatchObject({ name: 'Big', version: 2, rows: [{ row: 'r2', value: 3 }] });
    const longer = await accept(stack, EditFlagDocument, { id, rows: [{ value: 4 }, { row: 'r2', value: 3 }], expectedVersion: 2 });
    expect(longer.rows).toMatchObject([{ row: 'r3', value: 4 }, { row: 'r2' }]);
    const renamed = await accept(stack, EditFlagDocument, { id, name: 'Bigger', description: 'Now.' });
    expect(renamed).toMatchObject({ name: 'Bigger', description: 'Now.', rows: longer.rows, version: 5 });
    expect(await accept(stack, EditFlagDocument, { id, rows: [] })).toMatchObject({ rows: [] });
  });

  test('A3 an edit that changes nothing appends nothing and answers what is there', async () => {
    const flag = await create('Big', 'size');
    const before = await count();
    expect(await accept(stack, EditFlagDocument, { id: flag.id, name: 'Big', rows: [] })).toEqual(flag);
    expect(await count()).toBe(before);
  });

  test('A1 a repeated command answers its first result and appends nothing; with another input it is refused', async () => {
    const input = { name: 'Big', key: 'size', rows: [{ value: 1 }], commandId: 'c1' };
    const flag = await accept(stack, CreateFlagDocument, input);
    const before = await count();
    expect(await accept(stack, CreateFlagDocument, input)).toEqual(flag);
    expect(await count()).toBe(before);
    expect(await refuse(stack, CreateFlagDocument, { ...input, rows: [{ value: 2 }] })).toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });

  test('K2 a value may be null where the key’s type is JSON, and is not null by being left out', async () => {
    await setUp(stack).keys(['layout'], 'JSON');
    const rows = [{ value: null }, { value: { columns: [1, { wide: true }] } }];
    expect(await accept(stack, CreateFlagDocument, { name: 'Layout', key: 'layout', rows })).toMatchObject({ rows });
    const refusal = await refuse(stack, CreateFlagDocument, { name: 'Other', key: 'layout', rows: [{}] });
    expect(refusal).toMatchObject({ problems: [{ path: 'rows[0].value' }] });
  });
});

describe('its life', () => {
  const moves: { readonly [move in 'publish' | 'pause' | 'resume']: FlagMutation } = {
    publish: PublishFlagDocument,
    pause: PauseFlagDocument,
    resume: ResumeFlagDocument,
  };
  const ends: { readonly [end in 'archive' | 'restore']: FlagMutation } = { archive: ArchiveFlagDocument, restore: RestoreFlagDocument };

  test('E4 draft, live, paused, live, archived, and back as paused; a draft comes back as a draft', async () => {
    const { id } = await create('Big', 'size');
    expect(await accept(stack, ArchiveFlagDocument, { id })).toMatchObject({ status: 'ARCHIVED', archivedFrom: 'DRAFT' });
    expect(await accept(stack, RestoreFlagDocument, { id })).toMatchObject({ status: 'DRAFT', archivedFrom: null });
    expect(await accept(stack, PublishFlagDocument, { id })).toMatchObject({ status: 'LIVE' });
    expect(await accept(stack, PauseFlagDocument, { id })).toMatchObject({ status: 'PAUSED' });
    expect(await accept(stack, ResumeFlagDocument, { id })).toMatchObject({ status: 'LIVE' });
    expect(await accept(stack, ArchiveFlagDocument, { id, reason: 'Over.' })).toMatchObject({ status: 'ARCHIVED', archivedFrom: 'LIVE' });
    expect(await accept(stack, RestoreFlagDocument, { id })).toMatchObject({ status: 'PAUSED', archivedFrom: null, version: 8 });
    const types = (await stack.events()).filter(({ entity }) => entity.id === localId(id)).map(({ type }) => type.replace('Flag', ''));
    expect(types).toEqual(['Created', 'Archived', 'Restored', 'Published', 'Paused', 'Resumed', 'Archived', 'Restored']);
  });

  test('E4 what a status does not allow is refused, with what to do instead; A3 what is done already is no event', async () => {
    const { id } = await create('Big', 'size');
    const refused = async (...names: (keyof typeof moves)[]) => {
      for (const name of names) {
        expect(await refuse(stack, moves[name], { id })).toMatchObject({
          code: 'ILLEGAL_STATE',
          message: expect.stringMatching(/\. \w+ it/),
        });
      }
    };
    const repeated = async (...names: (keyof typeof moves | keyof typeof ends)[]) => {
      const before = await count();
      for (const name of names) await accept(stack, { ...moves, ...ends }[name], { id });
      expect(await count()).toBe(before);
    };
    await refused('pause', 'resume');
    await repeated('restore');
    await accept(stack, PublishFlagDocument, { id });
    await repeated('publish', 'resume', 'restore');
    await accept(stack, PauseFlagDocument, { id });
    await refused('publish');
    await repeated('pause');
    await accept(stack, ArchiveFlagDocument, { id });
    await refused('publish', 'pause', 'resume');
    await repeated('archive');
    expect(await refuse(stack, EditFlagDocument, { id, name: 'Other' })).toMatchObject({ code: 'ILLEGAL_STATE' });
  });

  test('A2 anyone who saw another version is refused with the version and its author', async () => {
    const { id } = await create('Big', 'size');
    await accept(stack, EditFlagDocument, { id, description: 'x' }, { actor: 'bob' });
    const input: Omit<FlagInput, 'projectId'> = { id, expectedVersion: 1 };
    for (const document of [...Object.values(moves), ...Object.values(ends)]) {
      expect(await refuse(stack, document, input)).toMatchObject({ code: 'STALE', currentVersion: 2, changedBy: { subject: 'bob' } });
    }
    expect(await refuse(stack, EditFlagDocument, { ...input, description: 'y' })).toMatchObject({ code: 'STALE' });
  });

  test('of what is not there, nothing can be changed', async () => {
    const id = globalId('flag', 'nothing');
    for (const document of [...Object.values(moves), ...Object.values(ends)]) {
      expect(await refuse(stack, document, { id })).toMatchObject({ code: 'NOT_FOUND', kind: 'FLAG', entityId: 'nothing' });
    }
    expect(await refuse(stack, EditFlagDocument, { id, name: 'x' })).toMatchObject({
      code: 'NOT_FOUND',
      kind: 'FLAG',
      entityId: 'nothing',
    });
    expect(await refuse(stack, CreateFlagDocument, { projectId: 'other', name: 'x', key: 'size' })).toMatchObject({
      code: 'NOT_FOUND',
      kind: 'PROJECT',
    });
  });
});

describe('what a flag is refused for', () => {
  test('bad input, all of it, at the paths of the input', async () => {
    const rows = [
      { segmentId: globalId('segment', 'nothing'), value: 1 },
      { row: 'r9', percentage: 100.01, value: 'big' },
    ];
    const refusal = await refuse(stack, CreateFlagDocument, { name: '', key: 'size', rows, description: 'x'.repeat(2_001) });
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(/^name: .* more\)$/) });
    expect('problems' in refusal && refusal.problems.map(({ path }) => path)).toEqual([
      'name',
      'description',
      'rows[1].row',
      'rows[0].segmentId',
      'rows[1].percentage',
      'rows[1].value',
    ]);
    expect(await refuse(stack, CreateFlagDocument, { name: 'Big', key: 'nothing' })).toMatchObject({ problems: [{ path: 'key' }] });
    const { id } = await create('Big', 'size');
    expect(await refuse(stack, EditFlagDocument, { id, rows: [{ percentage: 0.001, value: 1 }] })).toMatchObject({
      message: 'rows[0].percentage: must be a percentage from 0 to 100 with at most two decimals',
    });
    const edit = { id, rows: [{ segmentId: globalId('segment', 'nothing'), value: 1 }] };
    expect(await refuse(stack, EditFlagDocument, edit)).toMatchObject({
      message: expect.stringMatching(/^rows\[0\]\.segmentId: /),
      problems: [{ path: 'rows[0].segmentId' }],
    });
  });

  test('E6 a name that another flag has', async () => {
    await create('Big', 'size');
    const { id } = await create('Small', 'width');
    const taken = { code: 'ALREADY_EXISTS', existing: { kind: 'FLAG', name: 'Big' } };
    expect(await refuse(stack, CreateFlagDocument, { name: 'bIG', key: 'height' })).toMatchObject(taken);
    expect(await refuse(stack, EditFlagDocument, { id, name: 'BIG' })).toMatchObject(taken);
  });

  test('K7 a key that is in another flag, until that is archived; and then that cannot come back', async () => {
    const first = await create('Big', 'size');
    const held = { code: 'IN_USE', usages: [{ kind: 'FLAG', nodeId: first.id, name: 'Big', status: 'DRAFT' }] };
    expect(await refuse(stack, CreateFlagDocument, { name: 'Bigger', key: 'size' })).toMatchObject(held);
    await accept(stack, ArchiveFlagDocument, { id: first.id });
    const second = await create('Bigger', 'size');
    expect(await refuse(stack, RestoreFlagDocument, { id: first.id })).toMatchObject({ code: 'IN_USE', usages: [{ nodeId: second.id }] });
  });

  test('E5 a key that is archived, also where the flag comes back from the archive', async () => {
    const { id } = await create('Big', 'size');
    await accept(stack, ArchiveFlagDocument, { id });
    await accept(stack, ArchiveKeyDocument, { name: 'size' });
    expect(await refuse(stack, RestoreFlagDocument, { id })).toMatchObject({
      code: 'ILLEGAL_STATE',
      message: expect.stringContaining('size'),
    });
    expect(await refuse(stack, CreateFlagDocument, { name: 'New', key: 'size' })).toMatchObject({ problems: [{ path: 'key' }] });
  });

  test('more flags than a project may have, made or restored', async () => {
    const { id } = await create('0', 'size');
    await accept(stack, ArchiveFlagDocument, { id });
    for (const [index, key] of ['width', 'height', 'depth', 'weight'].entries()) await create(`${index + 1}`, key);
    expect(await refuse(stack, CreateFlagDocument, { name: 'x', key: 'size' })).toMatchObject({ code: 'LIMIT_REACHED', limit: 4 });
    expect(await refuse(stack, RestoreFlagDocument, { id })).toMatchObject({ code: 'LIMIT_REACHED', limit: 4 });
  });
});

describe('lists of flags', () => {
  const ids: Record<string, string> = {};
  beforeEach(async () => {
    for (const [name, key] of [
      ['draft', 'size'],
      ['live', 'width'],
      ['paused', 'height'],
      ['archived', 'depth'],
    ] as const) {
      ids[name] = (await create(name, key)).id;
    }
    await accept(stack, PublishFlagDocument, { id: ids['live']! });
    await accept(stack, PublishFlagDocument, { id: ids['paused']! });
    await accept(stack, PauseFlagDocument, { id: ids['paused']! });
    await accept(stack, ArchiveFlagDocument, { id: ids['archived']! });
  });

  const list = async (args: Partial<FlagsQueryVariables> = {}) => {
    const { flags } = await stack.ask(FlagsDocument, { projectId: 'shop', ...args });
    return flags!;
  };
  const names = async (args: Partial<FlagsQueryVariables>) => (await list(args)).edges.map(({ node }) => node.name);

  test('hold those in the given statuses; ARCHIVED need not be asked for twice', async () => {
    expect(await names({})).toEqual(['draft', 'live', 'paused']);
    expect(await names({ status: [] })).toEqual(['draft', 'live', 'paused']);
    expect(await names({ status: ['LIVE'] })).toEqual(['live']);
    expect(await names({ status: ['PAUSED', 'DRAFT'] })).toEqual(['draft', 'paused']);
    expect(await names({ status: ['ARCHIVED'] })).toEqual(['archived']);
    expect(await names({ status: ['ARCHIVED', 'LIVE'] })).toEqual(['archived', 'live']);
    expect(await names({ archived: 'ONLY' })).toEqual(['archived']);
    expect(await names({ archived: 'ONLY', status: ['LIVE'] })).toEqual([]);
    expect(await names({ archived: 'INCLUDE', status: ['LIVE'] })).toEqual(['live']);
  });

  test('go page by page, forwards and backwards, and say how many there are', async () => {
    const first = await list({ first: 2 });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false }, staleSince: null });
    const rest = await list({ first: 2, after: first.pageInfo.endCursor });
    expect(rest.edges.map(({ node }) => node.name)).toEqual(['paused']);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(await names({ last: 1, before: rest.edges[0]?.cursor })).toEqual(['live']);
    expect(await names({ sort: 'UPDATED', direction: 'DESCENDING', archived: 'INCLUDE' })).toEqual(['archived', 'paused', 'live', 'draft']);
    expect(await names({ search: 'AUS' })).toEqual(['paused']);
  });

  test('read the keys and segments of all their rows at once', async () => {
    const segments = [await setUp(stack).segment('One'), await setUp(stack).segment('Two')];
    for (const [index, name] of ['draft', 'live', 'paused'].entries()) {
      const rows = [segments[0], segments[index % 2], undefined].map((segmentId) => ({ segmentId, value: 1 }));
      await accept(stack, EditFlagDocument, { id: ids[name]!, rows });
    }
    expect(await reads(stack, () => list())).toEqual({ keys: 1, segments: 1 });
  });

  test('of a project that is not there are an error, not an empty list', async () => {
    const failed = await stack.fail(FlagsDocument, { projectId: 'other' });
    expect(failed).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('createProject') });
  });
});

test('in one request, each mutation answers with what it has made of things', async () => {
  const { id } = await create('Big', 'size');
  const document = `mutation {
    before: editFlag(input: { projectId: "shop", id: "${id}", description: "1" }) { ... on Flag { key { description } } }
    editKey(input: { projectId: "shop", name: "size", description: "new" }) { __typename }
    after: editFlag(input: { projectId: "shop", id: "${id}", description: "2" }) { ... on Flag { key { description } } }
  }`;
  expect(await stack.ask(document)).toMatchObject({ before: { key: { description: '' } }, after: { key: { description: 'new' } } });
});

test('values and rows may stand in the document itself', async () => {
  await setUp(stack).keys(['layout'], 'JSON');
  const document = `mutation {
    createFlag(input: { projectId: "shop", name: "Layout", key: "layout", rows: { value: { columns: [1, { wide: true }], none: null } } }) {
      ... on Flag { rows { percentage value } }
    }
  }`;
  const value = { columns: [1, { wide: true }], none: null };
  expect(await stack.ask(document)).toEqual({ createFlag: { rows: [{ percentage: 100, value }] } });
});

test('N2 a percentage stands in the document itself, or in a variable, as a number', async () => {
  await setUp(stack).keys(['banner', 'footer']);
  const named = (key: string, percentage: string) =>
    `{ projectId: "shop", name: "${key}", key: "${key}", rows: [{ value: 1, percentage: ${percentage} }] }`;
  const literal = `mutation { it: createFlag(input: ${named('banner', '29.29')}) { ... on Flag { rows { percentage } } } }`;
  expect(await stack.ask(literal)).toEqual({ it: { rows: [{ percentage: 29.29 }] } });
  const variable = `mutation ($p: Percent!) { it: createFlag(input: ${named('footer', '$p')}) { ... on Flag { rows { percentage } } } }`;
  expect(await stack.ask(variable, { p: 0.01 } as never)).toEqual({ it: { rows: [{ percentage: 0.01 }] } });
  const stored = (await stack.events()).filter(({ type, entity }) => type === 'FlagCreated' && ['banner', 'footer'].includes(entity.name));
  expect(stored.map(({ data }) => (data as { rows: { percentage: number }[] }).rows[0]?.percentage)).toEqual([2_929, 1]);
  for (const wrong of ['"50"', 'true']) {
    const { message } = await stack.fail(literal.replace('29.29', wrong), {} as never);
    expect(message).toContain('A percentage is a number from 0 to 100 with at most two decimals');
  }
});
