import { watchingTurns, withinTurns } from '../fixtures/event-loop';
import { Stack } from '../fixtures/stack';

/** What the hostile requests met with seed 11, near 70,334 and 80,095: a list of things that one command wrote, each asked for all that the command changed. */
const KEYS = 100;
const AFFECTED = `{ keys(projectId: "shop", first: ${KEYS}) { nodes { name affected { nodeId name } } } }`;
const setup = (keys: object[]): object => ({ version: 2, keys });

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
  const keys = Array.from({ length: KEYS }, (_, at) => ({ name: `key_${at}`, type: 'JSON', default: { text: 'x'.repeat(10_000), at } }));
  const apply = 'mutation ($setup: JSON!) { applySetup(input: { projectId: "shop", setup: $setup }) { __typename } }';
  // As many events as may be in one append.
  for (let from = 0; from < KEYS; from += 50)
    expect(await stack.ask(apply, { setup: setup(keys.slice(from, from + 50)) })).toEqual({ applySetup: { __typename: 'SetupApplied' } });
});
afterAll(() => stack.stop());

interface Answer {
  readonly keys: { readonly nodes: { readonly name: string; readonly affected: { readonly nodeId: string; readonly name: string }[] }[] };
}

test('a command is read once for all that it wrote, and the event loop is left to others meanwhile', async () => {
  const read = jest.spyOn(stack.store, 'read');
  const { keys } = (await stack.ask(AFFECTED)) as Answer;
  // Each of two commands: what is near one of its events, and what is on both sides of that.
  expect(read.mock.calls.length).toBeLessThanOrEqual(2 * 3);
  read.mockRestore();
  expect(keys.nodes.map(({ affected }) => affected.length)).toEqual(Array.from({ length: KEYS }, () => 49));
  for (const { name, affected } of keys.nodes) expect(affected.map((reference) => reference.name)).not.toContain(name);
  const watched = await withinTurns(100, () => watchingTurns(() => stack.ask(AFFECTED)));
  expect(watched.longestTurnMs).toBeLessThan(100);
});

test('things that commands of their own wrote have nothing to do with each other', async () => {
  for (let at = 0; at < 10; at += 1) {
    const edit = `mutation { editKey(input: { projectId: "shop", name: "key_${at}", description: "Key ${at}" }) { __typename ... on Key { affected { name } } } }`;
    expect(await stack.ask(edit)).toEqual({ editKey: { __typename: 'Key', affected: [] } });
  }
  const { keys } = (await stack.ask(AFFECTED)) as Answer;
  const countOf = Object.fromEntries(keys.nodes.map(({ name, affected }) => [name, affected.length]));
  expect(countOf).toMatchObject({ key_0: 0, key_9: 0, key_10: 49, key_99: 49 });
});
