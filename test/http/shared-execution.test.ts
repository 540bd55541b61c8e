import { buildSchema, GraphQLError, parse, type ExecutionResult } from 'graphql';
import type { FeedItem } from '../../src/feed/item';
import { OutgoingBytes } from '../../src/http/answer-budget';
import { SharedExecution } from '../../src/http/shared-execution';
import { Ledger } from '../fixtures/ledger';

const schema = buildSchema(`
  type Query { a: Int }
  type Subscription { item(after: String): Item }
  type Item { words(loud: Boolean): String }
`);
let executed = 0;
const { item } = schema.getSubscriptionType()!.getFields();
item!.resolve = (root: FeedItem) => root;
const { words } = (schema.getType('Item') as ReturnType<typeof schema.getSubscriptionType>)!.getFields();
/** As a server makes one: what all requests have is the prototype of each. */
const contextValue = Object.create({ loud: (text: string) => text.toUpperCase() }) as { loud(text: string): string };
words!.resolve = (root: FeedItem, args: { loud?: boolean }, context: typeof contextValue) => {
  executed += 1;
  return args.loud ? context.loud(root.kind) : root.kind;
};

beforeEach(() => (executed = 0));

const [event] = Ledger.started().events;
const change = (): FeedItem => ({ kind: 'change', cursor: 'c', event: event! });

/** Subscribes with each of these to a source that has these items, and gives all results. */
async function results(shared: SharedExecution, documents: [string, object?][], items: () => FeedItem[]): Promise<ExecutionResult[]> {
  const parsed = new Map(documents.map(([text]) => [text, parse(text)]));
  const all: ExecutionResult[] = [];
  for (const [text, variableValues = {}] of documents) {
    item!.subscribe = async function* () {
      yield* items();
    };
    const subscribed = await shared.subscribe({
      schema,
      contextValue,
      document: parsed.get(text)!,
      variableValues: variableValues as Record<string, unknown>,
    });
    if (!(Symbol.asyncIterator in subscribed)) throw new Error(JSON.stringify(subscribed));
    for await (const result of subscribed) all.push(result);
  }
  return all;
}

test('a change is executed once for all who subscribed with the same document, wherever they began', async () => {
  const text = 'subscription ($after: String) { item(after: $after) { words } }';
  const all = await results(new SharedExecution(new OutgoingBytes()), [[text, { after: 'a' }], [text, { after: 'b' }], [text]], () => [
    change(),
  ]);
  expect(all).toEqual(Array(3).fill({ data: { item: { words: 'change' } } }));
  expect(executed).toBe(1);
});

test('not for other documents, nor where a variable has a say in what is selected', async () => {
  const loud = 'subscription ($loud: Boolean) { item { words(loud: $loud) } }';
  const skipping = 'subscription ($skip: Boolean = false) { item { words @skip(if: $skip) } }';
  const documents: [string, object?][] = [
    ['subscription { item { words } }'],
    ['subscription { item { words(loud: true) } }'],
    [loud, { loud: true }],
    [loud, { loud: false }],
    [skipping, { skip: true }],
    [skipping],
  ];
  const all = await results(new SharedExecution(new OutgoingBytes()), documents, () => [change()]);
  expect(all.map(({ data }) => (data!['item'] as { words?: string }).words)).toEqual([
    'change',
    'CHANGE',
    'CHANGE',
    'change',
    undefined,
    'change',
  ]);
});

test('what is no change is each one’s own', async () => {
  const beat = (): FeedItem => ({ kind: 'heartbeat', cursor: 'c' });
  await results(
    new SharedExecution(new OutgoingBytes()),
    [['subscription { item { words } }'], ['subscription { item { words } }']],
    () => [beat(), beat()],
  );
  expect(executed).toBe(4);
});

test('leaving ends the source at once, also while it waits', async () => {
  let left = false;
  item!.subscribe = () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => ((left = true), { done: true, value: undefined }),
    }),
  });
  const subscribed = await new SharedExecution(new OutgoingBytes()).subscribe({
    schema,
    document: parse('subscription { item { words } }'),
  });
  const iterator = subscribed as AsyncIterableIterator<ExecutionResult>;
  void iterator.next();
  await iterator.return?.();
  expect(left).toBe(true);
});

test('who may not subscribe is given the errors', async () => {
  item!.subscribe = () => {
    throw new GraphQLError('no');
  };
  expect(
    await new SharedExecution(new OutgoingBytes()).subscribe({ schema, document: parse('subscription { item { words } }') }),
  ).toMatchObject({
    errors: [{ message: 'no' }],
  });
});
