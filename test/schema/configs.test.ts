import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { globalId, localId } from '../fixtures/ids';
import { accept, refuse } from '../fixtures/mutation';
import { reads, setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';
import {
  ArchiveConfigDocument,
  ArchiveKeyDocument,
  ConfigDocument,
  ConfigsDocument,
  CreateConfigDocument,
  EditConfigDocument,
  PauseConfigDocument,
  PublishConfigDocument,
  RestoreConfigDocument,
  ResumeConfigDocument,
  type ArchiveConfigMutation,
  type ConfigInput,
  type ConfigsQueryVariables,
  type PauseConfigMutation,
  type PublishConfigMutation,
  type RestoreConfigMutation,
  type ResumeConfigMutation,
} from '../generated/operations';

/** A mutation that needs nothing but a config. */
type ConfigMutation = TypedDocumentNode<
  PublishConfigMutation | PauseConfigMutation | ResumeConfigMutation | ArchiveConfigMutation | RestoreConfigMutation,
  { input: ConfigInput }
>;

let stack: Stack;
beforeEach(async () => {
  stack = await Stack.start({ limits: { configs: 3 } });
  await setUp(stack).keys(['size', 'width', 'height', 'depth']);
  await setUp(stack).keys(['title'], 'STRING');
});
afterEach(() => stack.stop());

const create = (name: string, ...keys: string[]) => accept(stack, CreateConfigDocument, { name, keys });
const count = async (): Promise<number> => (await stack.events()).length;
const read = async (id: string) => (await stack.ask(ConfigDocument, { projectId: 'shop', id })).config;

describe('a config', () => {
  test('E2 begins as a draft, of several keys, with its rows in order, each with values for some of them', async () => {
    const segment = await setUp(stack).segment('New Yorkers');
    const rows = [
      { segmentId: segment, values: [{ key: 'title', value: 'Hi' }] },
      {
        values: [
          { key: 'size', value: 1 },
          { key: 'title', value: '' },
        ],
      },
    ];
    const config = await accept(stack, CreateConfigDocument, { name: 'Look', keys: ['title', 'size'], rows });
    expect(config).toMatchObject({
      name: 'Look',
      description: '',
      status: 'DRAFT',
      version: 1,
      keys: [
        { name: 'title', type: 'STRING' },
        { name: 'size', type: 'NUMBER' },
      ],
      rows: [
        { row: 'r1', segment: { id: segment, name: 'New Yorkers' }, values: rows[0]!.values },
        { row: 'r2', segment: null, values: rows[1]!.values },
      ],
    });
    expect(await read(config.id)).toEqual({ ...config, __typename: undefined });
    expect(await read(globalId('config', 'nothing'))).toBeNull();
  });

  test('A4 an edit changes what it names and leaves the rest; keys and rows can change together', async () => {
    const rows = [{ values: [{ key: 'size', value: 1 }] }];
    const { id } = await accept(stack, CreateConfigDocument, { name: 'Look', keys: ['size'], rows });
    const wider = await accept(stack, EditConfigDocument, { id, keys: ['width', 'size'], description: 'x' });
    expect(wider).toMatchObject({ name: 'Look', description: 'x', keys: [{ name: 'width' }, { name: 'size' }], rows: [{ row: 'r1' }] });
    const other = await accept(stack, EditConfigDocument, {
      id,
      keys: ['width'],
      rows: [{ row: 'r1', values: [{ key: 'width', value: 2 }] }],
      expectedVersion: wider.version,
    });
    expect(other).toMatchObject({
      description: 'x',
      keys: [{ name: 'width' }],
      rows: [{ row: 'r1', values: [{ key: 'width', value: 2 }] }],
    });
    const before = await count();
    expect(await accept(stack, EditConfigDocument, { id, keys: ['width'], name: 'Look' })).toEqual(other);
    expect(await count()).toBe(before);
  });

  test('A1 a repeated command answers its first result and appends nothing; with another input it is refused', async () => {
    const input = { name: 'Look', keys: ['size'], commandId: 'c1' };
    const config = await accept(stack, CreateConfigDocument, input);
    const before = await count();
    expect(await accept(stack, CreateConfigDocument, input)).toEqual(config);
    expect(await count()).toBe(before);
    expect(await refuse(stack, CreateConfigDocument, { ...input, keys: ['width'] })).toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });
});

describe('its life', () => {
  const moves: { readonly [move in 'publish' | 'pause' | 'resume' | 'archive' | 'restore']: ConfigMutation } = {
    publish: PublishConfigDocument,
    pause: PauseConfigDocument,
    resume: ResumeConfigDocument,
    archive: ArchiveConfigDocument,
    restore: RestoreConfigDocument,
  };

  test('E4 draft, live, paused, live, archived, and back as paused; a draft comes back as a draft', async () => {
    const { id } = await create('Look', 'size');
    const expected = [
      ['archive', 'ARCHIVED', 'DRAFT'],
      ['restore', 'DRAFT', null],
      ['publish', 'LIVE', null],
      ['pause', 'PAUSED', null],
      ['resume', 'LIVE', null],
      ['archive', 'ARCHIVED', 'LIVE'],
      ['restore', 'PAUSED', null],
    ] as const;
    for (const [move, status, archivedFrom] of expected) {
      expect(await accept(stack, moves[move], { id })).toMatchObject({ status, archivedFrom });
      const before = await count();
      expect(await accept(stack, moves[move], { id })).toMatchObject({ status, archivedFrom });
      expect(await count()).toBe(before);
    }
    const types = (await stack.events()).filter(({ entity }) => entity.id === localId(id)).map(({ type }) => type.replace('Config', ''));
    expect(types).toEqual(['Created', 'Archived', 'Restored', 'Published', 'Paused', 'Resumed', 'Archived', 'Restored']);
  });

  test('E4 what a status does not allow is refused', async () => {
    const { id } = await create('Look', 'size');
    const illegal = { code: 'ILLEGAL_STATE' };
    for (const move of ['pause', 'resume'] as const) expect(await refuse(stack, moves[move], { id })).toMatchObject(illegal);
    await accept(stack, moves.publish, { id });
    await accept(stack, moves.pause, { id });
    expect(await refuse(stack, moves.publish, { id })).toMatchObject(illegal);
    await accept(stack, moves.archive, { id });
    for (const move of ['publish', 'pause', 'resume'] as const) expect(await refuse(stack, moves[move], { id })).toMatchObject(illegal);
    expect(await refuse(stack, EditConfigDocument, { id, name: 'Other' })).toMatchObject(illegal);
  });

  test('A2 anyone who saw another version is refused, and of what is not there nothing can be changed', async () => {
    const { id } = await create('Look', 'size');
    await accept(stack, EditConfigDocument, { id, description: 'x' }, { actor: 'bob' });
    const stale = { code: 'STALE', currentVersion: 2, changedBy: { subject: 'bob' } };
    const missing = { code: 'NOT_FOUND', kind: 'CONFIG', entityId: 'nothing' };
    for (const document of Object.values(moves)) {
      expect(await refuse(stack, document, { id, expectedVersion: 1 })).toMatchObject(stale);
      expect(await refuse(stack, document, { id: globalId('config', 'nothing') })).toMatchObject(missing);
    }
    expect(await refuse(stack, EditConfigDocument, { id, expectedVersion: 1, name: 'x' })).toMatchObject(stale);
    expect(await refuse(stack, EditConfigDocument, { id: globalId('config', 'nothing'), name: 'x' })).toMatchObject(missing);
    const nowhere = { projectId: 'other', name: 'x', keys: ['size'] };
    expect(await refuse(stack, CreateConfigDocument, nowhere)).toMatchObject({ code: 'NOT_FOUND', kind: 'PROJECT' });
  });
});

describe('what a config is refused for', () => {
  const paths = async (input: {
    keys: string[];
    rows?: { segmentId?: string; row?: string; values: { key: string; value?: unknown }[] }[];
  }) => {
    const refusal = await refuse(stack, CreateConfigDocument, { name: 'Look', ...input });
    if (!('problems' in refusal)) throw new Error(`not for its input: ${refusal.code}`);
    return refusal.problems.map(({ path }) => path);
  };

  test('bad input, at the paths of the input', async () => {
    expect(await paths({ keys: [] })).toEqual(['keys']);
    expect(await paths({ keys: ['size', 'nothing', 'size'] })).toEqual(['keys[1]', 'keys[2]']);
    const row = (...values: { key: string; value?: unknown }[]) => ({ values });
    expect(
      await paths({ keys: ['size'], rows: [{ ...row({ key: 'size', value: 1 }), segmentId: globalId('segment', 'nothing') }] }),
    ).toEqual(['rows[0].segmentId']);
    expect(await paths({ keys: ['size'], rows: [row()] })).toEqual(['rows[0].values']);
    expect(await paths({ keys: ['size'], rows: [row({ key: 'width', value: 1 })] })).toEqual(['rows[0].values[0].key']);
    expect(await paths({ keys: ['size', 'title'], rows: [row({ key: 'size', value: '1' }, { key: 'title' })] })).toEqual([
      'rows[0].values[0].value',
      'rows[0].values[1].value',
    ]);
    expect(await paths({ keys: ['size'], rows: [{ ...row({ key: 'size', value: 1 }), row: 'r7' }] })).toEqual(['rows[0].row']);
    const { id } = await create('Look', 'size');
    expect(await refuse(stack, EditConfigDocument, { id, keys: [] })).toMatchObject({ problems: [{ path: 'keys' }] });
  });

  test('a value whose members are named like the input’s is reported where it is', async () => {
    await setUp(stack).keys(['layout'], 'JSON');
    const values = [{ key: 'layout', value: JSON.parse('{"segment": {"__proto__": 1}}') as unknown }];
    expect(await paths({ keys: ['layout'], rows: [{ values }] })).toEqual(['rows[0].values[0].value.segment']);
  });

  test('E6 a name that another config has', async () => {
    await create('Look', 'size');
    const { id } = await create('Feel', 'width');
    const taken = { code: 'ALREADY_EXISTS', existing: { kind: 'CONFIG', name: 'Look' } };
    expect(await refuse(stack, CreateConfigDocument, { name: 'LOOK', keys: ['height'] })).toMatchObject(taken);
    expect(await refuse(stack, EditConfigDocument, { id, name: 'look' })).toMatchObject(taken);
  });

  test('K7 a key that is in another config, at creation, at an edit and at the return from the archive', async () => {
    const first = await create('Look', 'size', 'width');
    const held = { code: 'IN_USE', usages: [{ kind: 'CONFIG', nodeId: first.id, name: 'Look', status: 'DRAFT' }] };
    expect(await refuse(stack, CreateConfigDocument, { name: 'Feel', keys: ['height', 'width'] })).toMatchObject(held);
    const second = await create('Feel', 'height');
    expect(await refuse(stack, EditConfigDocument, { id: second.id, keys: ['height', 'size'] })).toMatchObject(held);
    await accept(stack, ArchiveConfigDocument, { id: first.id });
    await accept(stack, EditConfigDocument, { id: second.id, keys: ['height', 'size'] });
    expect(await refuse(stack, RestoreConfigDocument, { id: first.id })).toMatchObject({ code: 'IN_USE', usages: [{ nodeId: second.id }] });
  });

  test('E5 a key that is archived, also where the config comes back from the archive', async () => {
    const { id } = await create('Look', 'size');
    await accept(stack, ArchiveConfigDocument, { id });
    await accept(stack, ArchiveKeyDocument, { name: 'size' });
    expect(await refuse(stack, RestoreConfigDocument, { id })).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(await paths({ keys: ['width', 'size'] })).toEqual(['keys[1]']);
  });

  test('more configs than a project may have, made or restored', async () => {
    const { id } = await create('0', 'size');
    await accept(stack, ArchiveConfigDocument, { id });
    for (const key of ['width', 'height', 'depth']) await create(key, key);
    expect(await refuse(stack, CreateConfigDocument, { name: 'x', keys: ['size'] })).toMatchObject({ code: 'LIMIT_REACHED', limit: 3 });
    expect(await refuse(stack, RestoreConfigDocument, { id })).toMatchObject({ code: 'LIMIT_REACHED', limit: 3 });
  });
});

describe('lists of configs', () => {
  const list = async (args: Partial<ConfigsQueryVariables> = {}) =>
    (await stack.ask(ConfigsDocument, { projectId: 'shop', ...args })).configs!;
  const names = async (args: Partial<ConfigsQueryVariables> = {}) => (await list(args)).edges.map(({ node }) => node.name);

  test('hold those in the given statuses, page by page', async () => {
    await create('a draft', 'size');
    const live = await create('b live', 'width');
    const archived = await create('c archived', 'height');
    await accept(stack, PublishConfigDocument, { id: live.id });
    await accept(stack, ArchiveConfigDocument, { id: archived.id });
    expect(await names()).toEqual(['a draft', 'b live']);
    expect(await names({ status: ['LIVE'] })).toEqual(['b live']);
    expect(await names({ status: ['ARCHIVED', 'DRAFT'] })).toEqual(['a draft', 'c archived']);
    expect(await names({ archived: 'ONLY' })).toEqual(['c archived']);
    const last = await list({ last: 1, archived: 'INCLUDE' });
    expect(last).toMatchObject({ totalCount: 3, edges: [{ node: { name: 'c archived' } }], pageInfo: { hasPreviousPage: true } });
    expect(await names({ last: 5, before: last.pageInfo.startCursor, archived: 'INCLUDE' })).toEqual(['a draft', 'b live']);
  });

  test('read the keys and segments of all their rows at once', async () => {
    const segments = [await setUp(stack).segment('One'), await setUp(stack).segment('Two')];
    for (const [index, keys] of [
      ['size', 'width'],
      ['height', 'depth'],
    ].entries()) {
      const rows = segments.map((segmentId) => ({ segmentId, values: keys.map((key) => ({ key, value: 1 })) }));
      await accept(stack, CreateConfigDocument, { name: `${index}`, keys, rows });
    }
    expect(await reads(stack, () => list())).toEqual({ keys: 1, segments: 1 });
  });
});
