import type { ExecutionResult } from 'graphql';
import { projections } from '../../projections';
import { keys } from '../../projections/entities';
import { Stack } from '../fixtures/stack';

const FIELDS = `__typename
  ... on Change { cursor sentence before after event { revision type entity { kind entityId nodeId } } }
  ... on CaughtUp { cursor }
  ... on Parked { cursor revision eventType reason since }`;
const FOLLOW = `subscription ($fromStart: Boolean, $entity: EntityKind, $id: ID, $types: [EventType!]) {
  changes(projectId: "shop", fromStart: $fromStart, entity: $entity, id: $id, types: $types) { ${FIELDS} }
}`;

interface Item {
  readonly __typename: string;
  readonly event?: {
    readonly revision: number;
    readonly type: string;
    readonly entity: { readonly kind: string; readonly entityId: string };
  };
}

const stacks: Stack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop();
});

async function started(options: Parameters<typeof Stack.start>[0] = {}): Promise<Stack> {
  const stack = await Stack.start(options);
  stacks.push(stack);
  return stack;
}

const createKey = (stack: Stack, name: string) =>
  stack.ask(`mutation { createKey(input: { projectId: "shop", name: "${name}", type: NUMBER, defaultValue: 3 }) { __typename } }`);
const editKey = (stack: Stack, name: string, value: number) =>
  stack.ask(`mutation { editKey(input: { projectId: "shop", name: "${name}", defaultValue: ${value} }) { __typename } }`);

async function follow(stack: Stack, variables: Readonly<Record<string, unknown>> = {}): Promise<AsyncGenerator<ExecutionResult>> {
  const results = await stack.subscribe(FOLLOW, variables);
  if ('errors' in results) throw new Error(JSON.stringify(results.errors));
  return results as AsyncGenerator<ExecutionResult>;
}

async function take(results: AsyncGenerator<ExecutionResult>, count: number): Promise<Item[]> {
  const items: Item[] = [];
  while (items.length < count) {
    const { value } = (await results.next()) as { value: ExecutionResult };
    if (value.errors !== undefined) throw new Error(JSON.stringify(value.errors));
    items.push(JSON.parse(JSON.stringify(value.data?.['changes'])) as Item);
  }
  return items;
}

test('a change has what it is about as it is now, read once for all who follow, and for those alone who may read it', async () => {
  const stack = await started();
  await createKey(stack, 'size');
  await editKey(stack, 'size', 5);
  const text =
    'subscription { changes(projectId: "shop", fromStart: true) { ... on Change { event { revision } entityNow { __typename id version ... on Key { defaultValue } } } } }';
  const analyst = { actor: 'ana', roles: { shop: ['analyst'] as const } };
  const get = jest.spyOn(stack.readModel, 'get');
  const followers = [undefined, undefined, analyst].map((by) => stack.subscribe(text, {}, by));
  const [first, second, third] = await Promise.all(
    followers.map(async (results) => take((await results) as AsyncGenerator<ExecutionResult>, 3)),
  );
  const now = { __typename: 'Key', id: 'shop/key/size', version: 2, defaultValue: 5 };
  const shop = { __typename: 'Project', id: 'shop', version: 1 };
  const changes = [shop, now, now].map((entityNow, revision) => ({ event: { revision }, entityNow }));
  expect(first).toEqual(changes);
  expect(second).toEqual(changes);
  expect(third).toEqual(changes.map(({ event }) => ({ event, entityNow: null })));
  expect(get.mock.calls.length).toBeLessThanOrEqual(2 * changes.length);
  get.mockRestore();
});

test('what was and what is, in fields and in words', async () => {
  const stack = await started();
  await createKey(stack, 'size');
  const results = await follow(stack);
  await take(results, 1);
  await editKey(stack, 'size', 5);
  expect(await take(results, 1)).toEqual([
    {
      __typename: 'Change',
      cursor: expect.any(String),
      sentence: expect.stringMatching(/^alice .*size.* 3 .* 5/),
      before: { defaultValue: 3 },
      after: { defaultValue: 5 },
      event: { revision: 2, type: 'KeyDefaultChanged', entity: { kind: 'KEY', entityId: 'size', nodeId: 'shop/key/size' } },
    },
  ]);
});

test('by kind and by thing, in the words of the schema', async () => {
  const stack = await started();
  for (const name of ['a', 'b']) await createKey(stack, name);
  await editKey(stack, 'a', 4);
  const revisions = async (variables: object, count: number) =>
    (await take(await follow(stack, { fromStart: true, ...variables }), count)).map(
      ({ event, __typename }) => event?.revision ?? __typename,
    );
  expect(await revisions({ entity: 'KEY' }, 4)).toEqual([1, 2, 3, 'CaughtUp']);
  expect(await revisions({ entity: 'KEY', id: 'shop/key/a' }, 3)).toEqual([1, 3, 'CaughtUp']);
  expect(await revisions({ entity: 'PROJECT' }, 2)).toEqual([0, 'CaughtUp']);
  expect(await revisions({ types: ['KeyDefaultChanged'] }, 2)).toEqual([3, 'CaughtUp']);
});

test('nothing is announced before queries show it, while many write', async () => {
  const stack = await started();
  const results = await follow(stack);
  await take(results, 1);
  const writing = Promise.all(Array.from({ length: 40 }, (_, index) => createKey(stack, `key_${index}`)));
  for (let revision = 1; revision <= 40; revision += 1) {
    const [item] = await take(results, 1);
    expect(item?.event?.revision).toBe(revision);
    const { key } = await stack.ask<{ key: object | null }>(`{ key(projectId: "shop", name: "${item?.event?.entity.entityId}") { name } }`);
    expect(key).not.toBeNull();
  }
  await writing;
});

test('a project that is parked says so where it stands, and nothing of what comes after', async () => {
  const failing: typeof keys = {
    ...keys,
    evolve: (draft, event) => {
      if (event.entity.id === 'bad') throw new Error('this projection has a fault');
      return keys.evolve(draft, event);
    },
  };
  const stack = await started({ projections: projections.map((one) => (one.collection === keys.collection ? failing : one)) });
  const results = await follow(stack);
  await take(results, 1);
  await createKey(stack, 'good');
  await createKey(stack, 'bad');
  await createKey(stack, 'later');
  expect(await take(results, 2)).toMatchObject([
    { event: { revision: 1 } },
    { __typename: 'Parked', revision: 2, eventType: 'KeyCreated', reason: 'FAILED' },
  ]);
  const silent = Promise.race([results.next(), new Promise((resolve) => setTimeout(resolve, 50, 'nothing'))]);
  expect(await silent).toBe('nothing');
});
