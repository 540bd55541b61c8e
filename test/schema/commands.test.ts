import { parse, type DocumentNode } from 'graphql';
import { projections } from '../../projections';
import { decodeCursor, encodeCursor, type Cursor } from '../../src/domain/cursor';
import type { Projection } from '../../src/read-model/projection';
import { BuildUnderWay } from '../../src/read-model/generations';
import { ReadModelUnavailable } from '../../src/read-model/read-model';
import { globalId, localId } from '../fixtures/ids';
import { NO_LOSS, NO_MAINTENANCE } from '../fixtures/maintenance';
import { Stack, type By } from '../fixtures/stack';
import { concepts, type Concept } from './concept';

/** A projection that cannot take an event whose reason is "poison": its project is parked there. */
const poisoned: Projection = {
  collection: 'poisoned',
  touches: ({ reason }) => (reason === 'poison' ? ['it'] : []),
  open: () => undefined,
  evolve: () => {
    throw new Error('poison');
  },
  close: () => ({}),
  index: () => ({ name: '', created: 0, updated: 0, archived: false, text: '', tags: [] }),
};

type Given = Readonly<Record<string, unknown>>;

let stack: Stack;
beforeEach(async () => (stack = await Stack.start({ projections: [...projections, poisoned] })));
afterEach(() => stack.stop());

/** The answer of the operation's only field. */
async function ask(document: DocumentNode, variables: Given, by?: By): Promise<Record<string, unknown>> {
  const data = await stack.ask<Record<string, Record<string, unknown>>, Given>(document, variables, by);
  return Object.values(data)[0] as Record<string, unknown>;
}
const send = (document: DocumentNode, input: Given, by?: By) => ask(document, { input: { projectId: 'shop', ...input } }, by);
const create = ({ create: document, input }: Concept, more: Given = {}, by?: By) => send(document, { ...input('one'), ...more }, by);
const identityOf = ({ identity }: Concept, thing: Given): Given => ({ [identity]: thing[identity] });

describe.each(concepts.map((concept) => [concept.typename, concept] as const))('%s', (typename, concept) => {
  test('a mutation answers with what a query shows', async () => {
    const made = await create(concept, { description: 'For a test' }, { actor: 'bob' });
    expect(made).toMatchObject({
      __typename: typename,
      name: 'one',
      description: 'For a test',
      version: 1,
      createdBy: { subject: 'bob' },
      archived: false,
    });
    const shown = await ask(concept.one, { projectId: 'shop', ...identityOf(concept, made), atLeast: made['cursor'] });
    expect({ __typename: typename, ...shown }).toEqual(made);
  });

  test('A1 a command id makes a retry safe, and is refused for another input', async () => {
    const made = await create(concept, { commandId: 'c-1' });
    const events = await stack.events();
    expect(await create(concept, { commandId: 'c-1' })).toEqual(made);
    expect(await create(concept, { commandId: 'c-1', description: 'Other' })).toMatchObject({
      __typename: 'CommandIdReused',
      code: 'COMMAND_ID_REUSED',
      message: expect.stringMatching(/"c-1" was used/),
    });
    expect(await stack.events()).toEqual(events);
    expect(await create(concept, { commandId: 'c-1' }, { actor: 'bob' })).toMatchObject({ __typename: 'AlreadyExists' });
    expect(events.at(-1)).toMatchObject({ commandId: 'c-1', actor: { id: 'alice' } });
  });

  test('A2 a version that has moved is refused, with who moved it and when', async () => {
    const made = await create(concept);
    const target = identityOf(concept, made);
    const moved = await send(concept.edit, { ...target, description: 'Moved' }, { actor: 'bob' });
    expect(moved).toMatchObject({ version: 2, description: 'Moved', updatedBy: { subject: 'bob' }, createdBy: { subject: 'alice' } });
    const stale = { __typename: 'Stale', code: 'STALE', currentVersion: 2, changedBy: { subject: 'bob' }, changedAt: moved['updatedAt'] };
    const events = await stack.events();
    for (const document of [concept.edit, concept.archive, concept.restore]) {
      expect(await send(document, { ...target, expectedVersion: 1 })).toMatchObject(stale);
    }
    expect(await stack.events()).toEqual(events);
    expect(await send(concept.archive, { ...target, expectedVersion: 2 })).toMatchObject({ archived: true, version: 3 });
  });

  test('A3 what changes nothing appends nothing, and answers as it is', async () => {
    const made = await create(concept, { description: 'Same' });
    const events = await stack.events();
    const target = identityOf(concept, made);
    for (const [document, change] of [
      [concept.edit, {}],
      [concept.edit, { description: 'Same' }],
      [concept.restore, {}],
    ] as const) {
      expect(await send(document, { ...target, ...change })).toEqual(made);
    }
    expect(await stack.events()).toEqual(events);
  });

  test('A4 a field that is not named is left alone; null is none, and refused where there must be one', async () => {
    const made = await create(concept, { description: 'Kept' });
    const edit = (change: object) => send(concept.edit, { ...identityOf(concept, made), ...change });
    expect(await edit({})).toEqual(made);
    expect(await edit({ description: null, reason: null, preview: null, expectedVersion: null })).toMatchObject({ description: '' });
    expect(await create(concept, { name: 'two', description: null, commandId: null })).toMatchObject({ description: '' });
  });

  test('A5 the reason goes into the history, and one that is too long is refused', async () => {
    const made = await create(concept, { reason: 'Because' });
    expect((await stack.events()).at(-1)).toMatchObject({ reason: 'Because', correlationId: expect.stringMatching(/^request-/) });
    const problems = [{ path: 'reason', message: expect.stringMatching(/500/) }];
    const refused = await send(concept.edit, { ...identityOf(concept, made), reason: 'x'.repeat(501) });
    expect(refused).toMatchObject({ __typename: 'InvalidInput', problems });
    expect(await create(concept, { commandId: 'né' })).toMatchObject({ __typename: 'InvalidInput', problems: [{ path: 'commandId' }] });
  });

  test('what is not there is not found, and neither is a project', async () => {
    const missingId = (projectId: string) =>
      concept.identity === 'name' ? 'missing' : globalId(concept.kind.toLowerCase(), 'missing', projectId);
    for (const document of [concept.edit, concept.archive, concept.restore]) {
      expect(await send(document, { [concept.identity]: missingId('shop') })).toMatchObject({
        __typename: 'NotFound',
        kind: concept.kind,
        entityId: 'missing',
      });
    }
    const missing = { __typename: 'NotFound', kind: 'PROJECT', entityId: 'missing' };
    expect(await create(concept, { projectId: 'missing' })).toMatchObject(missing);
    expect(await send(concept.edit, { projectId: 'missing', [concept.identity]: missingId('missing') })).toMatchObject(missing);
    const { message, code } = await stack.fail(concept.list, { projectId: 'missing' });
    expect({ message, code }).toEqual({ code: 'NOT_FOUND', message: expect.stringMatching(/no project "missing"/) });
    expect(await stack.events()).toHaveLength(1);
  });

  test('while the read model is behind, a stored command is Accepted, and a query that asks for it says so', async () => {
    const made = await create(concept);
    await stack.projector.stop();
    const accepted = await send(concept.edit, { ...identityOf(concept, made), description: 'Unseen' });
    const nodeId = String(made['id']);
    const entity = { kind: concept.kind, entityId: localId(nodeId), nodeId, name: 'one' };
    expect(accepted).toEqual({ __typename: 'Accepted', cursor: expect.any(String), entity });
    expect((await stack.events()).at(-1)).toMatchObject({ data: { to: 'Unseen' } });
    const one = { projectId: 'shop', ...identityOf(concept, made) };
    expect(await ask(concept.one, one)).toMatchObject({ version: 1 });
    const behind = { code: 'READ_MODEL_UNAVAILABLE', message: expect.stringMatching(/does not show revision 2 of "shop"/) };
    expect(await stack.fail(concept.one, { ...one, atLeast: accepted['cursor'] })).toEqual(behind);
    expect(await stack.fail(concept.list, { projectId: 'shop', atLeast: accepted['cursor'] })).toEqual(behind);
    expect(await create(concept)).toMatchObject({ __typename: 'AlreadyExists' });
  });

  test('a stored command is Accepted also where its document cannot be read, and the log has the reason', async () => {
    const broken = new Error('WRONGTYPE');
    jest.spyOn(stack.reader, 'get').mockRejectedValueOnce(broken);
    const accepted = await create(concept);
    expect(accepted).toMatchObject({ __typename: 'Accepted', entity: { kind: concept.kind, name: 'one' } });
    expect((await stack.events()).at(-1)).toMatchObject({ entity: { kind: concept.kind.toLowerCase(), name: 'one' } });
    expect(stack.reported).toEqual([broken]);
    jest.spyOn(stack.reader, 'get').mockRejectedValueOnce(new ReadModelUnavailable('away'));
    expect(await send(concept.create, concept.input('two'))).toMatchObject({ __typename: 'Accepted' });
    expect(stack.reported).toHaveLength(1);
  });

  test('while the project is parked, a stored command is Accepted, lists say since when they are parked, and nothing is skipped', async () => {
    const before = Date.now();
    const accepted = await create(concept, { reason: 'poison' });
    expect(accepted).toMatchObject({ __typename: 'Accepted', entity: { kind: concept.kind, name: 'one' } });
    const list = await ask(concept.list, { projectId: 'shop' });
    expect(list).toMatchObject({ totalCount: 0, edges: [] });
    expect(Date.parse(list['staleSince'] as string)).toBeGreaterThanOrEqual(before);
    expect(await stack.fail(concept.list, { projectId: 'shop', atLeast: accepted['cursor'] })).toEqual({
      code: 'READ_MODEL_UNAVAILABLE',
      message: expect.stringMatching(/is parked at an event/),
    });
  });

  test('atLeast waits for what was written, and a cursor of another project or history is refused', async () => {
    const made = await create(concept);
    const list = await ask(concept.list, { projectId: 'shop', atLeast: made['cursor'] });
    expect(list).toMatchObject({ totalCount: 1, staleSince: null, cursor: made['cursor'] });
    const atOther = { projectId: 'other', atLeast: made['cursor'] };
    expect(await stack.fail(concept.list, atOther)).toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/"shop", not of "other"/),
    });
    const elsewhere = encodeCursor({ ...(decodeCursor(made['cursor'] as string) as Cursor), mark: '0'.repeat(16) });
    expect(await stack.fail(concept.list, { projectId: 'shop', atLeast: elsewhere })).toEqual({
      code: 'BAD_REQUEST',
      message: '`atLeast` is a place that the history of "shop" does not have.',
    });
    await create(concept, { name: 'another' });
    expect((await ask(concept.list, { projectId: 'shop', atLeast: made['cursor'] }))['totalCount']).toBe(2);
    expect(await stack.fail(concept.list, { projectId: 'shop', atLeast: elsewhere })).toEqual({
      code: 'BAD_REQUEST',
      message: '`atLeast` is a place that the history of "shop" does not have: it was rewritten or restored since.',
    });
    const { errors = [] } = await stack.run(concept.list, { projectId: 'shop', atLeast: 'no cursor' } as Given);
    expect(errors.map(({ message }) => message).join()).toMatch(/given back exactly as it was received/);
  });
});

describe('what operators ask for', () => {
  afterEach(() => jest.restoreAllMocks());
  const operate = (mutation: string) =>
    ask(parse(`mutation { ${mutation} { __typename ... on Refusal { code message } } }`), {}, { roles: { '*': ['admin'] } });

  test.each<[string, string, () => void]>([
    [
      'rebuildReadModels',
      'Generation 1 is being built already: wait for it.',
      () => jest.spyOn(NO_MAINTENANCE, 'rebuild').mockRejectedValue(new BuildUnderWay('Generation 1 is being built already')),
    ],
    [
      'rollBackReadModels',
      'No earlier generation of the read models is kept: rebuild them instead.',
      () => jest.spyOn(NO_MAINTENANCE, 'rollBack').mockResolvedValue(undefined),
    ],
    [
      'acceptUserStoreLoss',
      'Nothing is lost: the store of users is the one that this instance knows.',
      () => jest.spyOn(NO_LOSS, 'acceptLoss').mockResolvedValue(false),
    ],
  ])('%s is refused as a command is', async (mutation, message, given) => {
    given();
    expect(await operate(mutation)).toEqual({ __typename: 'IllegalState', code: 'ILLEGAL_STATE', message });
    jest.restoreAllMocks();
    expect(await operate(mutation)).toEqual({ __typename: expect.stringMatching(/^(ReadModelsUnderWay|UserStoreState)$/) as string });
  });

  test('a project is tried again, goes on, or says why it does not', async () => {
    const unpark = (projectId: string) => operate(`unparkProject(input: { projectId: "${projectId}" })`);
    expect(await unpark('nowhere')).toEqual({ __typename: 'NotFound', code: 'NOT_FOUND', message: 'There is no project "nowhere".' });
    expect(await unpark('shop')).toEqual({ __typename: 'UnparkedProject' });
    const parked = { projectId: 'shop', revision: 3, type: 'KeyEdited', reason: 'FAILED', message: 'poison', since: 0 } as const;
    jest.spyOn(NO_MAINTENANCE, 'unpark').mockResolvedValue(false);
    jest.spyOn(NO_MAINTENANCE, 'parked').mockReturnValue(parked);
    expect(await unpark('shop')).toEqual({
      __typename: 'StillParked',
      code: 'STILL_PARKED',
      message: 'Project "shop" is still parked before its event 3 (KeyEdited): poison',
    });
  });
});
