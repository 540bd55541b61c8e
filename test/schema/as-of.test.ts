import type { Envelope } from '../../src/domain/event';
import { encodeCursor, cursorOf } from '../../src/domain/cursor';
import { accept } from '../fixtures/mutation';
import { IN_MIAMI, setUp } from '../fixtures/set-up';
import { Stack, type By } from '../fixtures/stack';
import * as operations from '../generated/operations';

type Then = NonNullable<operations.ProjectAsOfQuery['project']>;

/** The answer with the ids of things as they were then, which are others than those of now. */
const asOf = (answer: Then, revision: number): Then =>
  JSON.parse(JSON.stringify(answer).replace(/("(?:id|nodeId)":"(?!\*)[^"]*)/g, `$1@${revision}`)) as Then;

let stack: Stack;
/** Everything that a query of the whole project answered after each change, by the revision that it reached. */
const answers = new Map<number, Then>();
let events: readonly Envelope[];

const whole = async (point?: operations.AsOfInput, by?: By): Promise<Then> => {
  const { project } = await stack.ask(operations.ProjectAsOfDocument, { id: 'shop', name: 'price', archived: 'INCLUDE', asOf: point }, by);
  if (!project) throw new Error('there is no such project');
  return project;
};

beforeAll(async () => {
  stack = await Stack.start();
  const does = async <T>(change: Promise<T>): Promise<T> => {
    const made = await change;
    answers.set((await stack.events()).length - 1, await whole());
    return made;
  };
  const { keys, segment, goal } = setUp(stack);
  await does(keys(['price']));
  await does(keys(['colour', 'size']));
  const audience = await does(segment('New York'));
  const sale = await does(goal('Sale'));
  const row = { segmentId: audience, percentage: 100, value: 5 };
  const flag = await does(accept(stack, operations.CreateFlagDocument, { name: 'Cheap', key: 'price', rows: [row] }));
  const { id: config } = await does(
    accept(stack, operations.CreateConfigDocument, {
      name: 'Looks',
      keys: ['colour', 'size'],
      rows: [{ segmentId: audience, values: [{ key: 'size', value: 9 }] }],
    }),
  );
  const { id: experiment } = await does(
    accept(stack, operations.CreateExperimentDocument, {
      name: 'Test',
      keys: ['price'],
      audienceId: audience,
      goalIds: [sale],
      variants: [
        { name: 'Control', control: true, weight: 50, values: [] },
        { name: 'New', control: false, weight: 50, values: [{ key: 'price', value: 7 }] },
      ],
    }),
  );
  await does(accept(stack, operations.StartExperimentDocument, { id: experiment }));
  await does(accept(stack, operations.EditSegmentDocument, { id: audience, name: 'Miami', rule: IN_MIAMI }));
  const acknowledge = { baselineOf: [experiment] };
  await does(accept(stack, operations.EditKeyDocument, { name: 'price', defaultValue: 4, description: 'In euros.', acknowledge }));
  await does(accept(stack, operations.StopExperimentDocument, { id: experiment }));
  await does(accept(stack, operations.ArchiveFlagDocument, { id: flag.id }));
  await does(accept(stack, operations.ArchiveConfigDocument, { id: config }));
  await does(accept(stack, operations.ArchiveSegmentDocument, { id: audience }));
  await does(accept(stack, operations.EnableExclusivityDocument, {}));
  await does(accept(stack, operations.EditProjectDocument, { name: 'Store' }));
  events = await stack.events();
});
afterAll(() => stack.stop());

describe('a project as of a point of its history', () => {
  test('is what the same query answered then, in everything below it', async () => {
    for (const [revision, then] of answers) expect(await whole({ revision })).toEqual(asOf(then, revision));
  });

  test('is the same by revision, by cursor and by time', async () => {
    for (const [revision, answered] of answers) {
      const then = asOf(answered, revision);
      const event = events[revision] as Envelope;
      expect(await whole({ cursor: encodeCursor(cursorOf(event)) })).toEqual(then);
      const last = events.filter(({ occurredAt }) => occurredAt <= event.occurredAt).at(-1) as Envelope;
      if (answers.has(last.revision)) {
        expect(await whole({ time: new Date(event.occurredAt).toISOString() })).toEqual(asOf(answers.get(last.revision)!, last.revision));
      }
    }
  });

  test('stands beside others, and beside the project as it is, in one document', async () => {
    const document = `query ($one: AsOfInput, $two: AsOfInput) {
      one: project(id: "shop", asOf: $one) { ...P }
      now: project(id: "shop") { ...P }
      two: project(id: "shop", asOf: $two) { ...P }
      flags(projectId: "shop", archived: INCLUDE) { nodes { rows { segment { name } } } }
    }
    fragment P on Project { name head flags(archived: INCLUDE) { nodes { status key { defaultValue usedBy { name } } rows { segment { name usedBy { kind name } } } } } }`;
    const revisions = [...answers.keys()];
    const { one, now, two, flags } = await stack.ask<Record<string, { readonly name: string; readonly head: string }>>(document, {
      one: { revision: revisions[4] },
      two: { revision: revisions[8] },
    });
    const alone = async (revision: number | undefined) =>
      (await stack.ask<Record<string, unknown>>(document, { one: { revision }, two: { revision } }))['one'];
    expect(one).toEqual(await alone(revisions[4]));
    expect(two).toEqual(await alone(revisions[8]));
    expect(now).toEqual(await alone(revisions.at(-1)));
    expect(JSON.stringify(one)).toContain('New York');
    expect(JSON.stringify([two, flags])).not.toContain('New York');
    expect(new Set([one, now, two].map((project) => project?.head)).size).toBe(3);
  });

  test('has the filters and pages of the lists as they are now', async () => {
    const revision = [...answers.keys()][2];
    const list = `query ($asOf: AsOfInput, $after: String) { project(id: "shop", asOf: $asOf) {
      keys(first: 2, after: $after, sort: CREATED, direction: DESCENDING, search: "i") { totalCount nodes { name } pageInfo { endCursor hasNextPage } } } }`;
    const first = (await stack.ask<{ project: Then }>(list, { asOf: { revision } })).project.keys;
    expect(first).toMatchObject({ totalCount: 2, nodes: [{ name: 'size' }, { name: 'price' }], pageInfo: { hasNextPage: false } });
    const next = (await stack.ask<{ project: Then }>(list, { asOf: { revision }, after: first.pageInfo.endCursor })).project.keys;
    expect(next.nodes).toEqual([]);
  });

  test('with a time to come is the project as it is', async () => {
    for (const time of ['2999-01-01T00:00:00.000Z', '2999-01-01T00:00:00+02:00', '2999-01-01'])
      expect(await whole({ time })).toEqual(asOf(await whole(), events.length - 1));
  });
});

describe('asked for what there is not', () => {
  const document = 'query ($asOf: AsOfInput!, $id: ID!) { project(id: $id, asOf: $asOf) { name } }';
  const fail = (asOf: operations.AsOfInput, id = 'shop') => stack.fail(document, { asOf, id });

  test('a revision beyond the head or below zero', async () => {
    expect(await fail({ revision: 999 })).toEqual({
      code: 'BAD_REQUEST',
      message: `The history of "shop" has no revision 999: it goes from 0 to ${events.length - 1}. Ask for one of these.`,
    });
    expect((await fail({ revision: -1 })).message).toBe('`asOf.revision` must be 0 or more: 0 is the creation of the project.');
  });

  test('a time before the project', async () => {
    expect(await fail({ time: '1999-01-01T00:00:00.000Z' })).toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/^"shop" was not there yet: it was created at /),
    });
  });

  test('a cursor of another project, of a history that this is not, or cut short', async () => {
    const cursor = cursorOf(events[5] as Envelope);
    expect(await fail({ cursor: encodeCursor({ ...cursor, projectId: 'bank' }) })).toEqual({
      code: 'BAD_REQUEST',
      message: '`asOf.cursor` is a cursor of the project "bank", not of "shop".',
    });
    for (const foreign of [
      { ...cursor, mark: '0123456789abcdef' },
      { ...cursor, revision: 999 },
    ]) {
      expect(await fail({ cursor: encodeCursor(foreign) })).toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining('a place that the history of "shop" does not have'),
      });
    }
    expect((await fail({ cursor: encodeCursor(cursor).slice(0, -2) })).message).toContain('cut short');
  });

  test('two points at once, or none, or a wait for what was', async () => {
    for (const asOf of [{ revision: 1, time: '2026-01-01T00:00:00Z' }, {}]) {
      expect((await fail(asOf as operations.AsOfInput)).message).toContain('AsOfInput');
    }
    const cursor = encodeCursor(cursorOf(events[5] as Envelope));
    const both = `{ project(id: "shop", asOf: { revision: 1 }, atLeast: "${cursor}") { name } }`;
    expect(await stack.fail(both)).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('not both') });
  });

  test('a project that is not there', async () => {
    expect(await stack.ask(document, { asOf: { revision: 0 }, id: 'nowhere' })).toEqual({ project: null });
  });
});

test('a history that is not as it was written is no base for an answer', async () => {
  const read = jest.spyOn(stack.store, 'read').mockImplementation(async function* (_projectId, from = 0, limit = Infinity) {
    for (const event of events.slice(from, from + limit)) yield event.revision === 12 ? { ...event, previousHash: '0'.repeat(64) } : event;
  });
  try {
    expect(await stack.fail('{ project(id: "shop", asOf: { revision: 14 }) { name } }')).toEqual({
      code: 'HISTORY_BROKEN',
      message: 'The event store does not hold the history of "shop" as it was written: `experience-ledger verify` says where.',
    });
  } finally {
    read.mockRestore();
  }
  expect(await whole({ revision: 14 })).toMatchObject({ name: 'Shop' });
});

test('it takes the right to read history, and that is enough for it', async () => {
  const document = 'query ($asOf: AsOfInput) { project(id: "shop", asOf: $asOf) { name keys { totalCount } } }';
  for (const role of ['analyst', 'app', 'app-server'] as const) {
    expect(await stack.fail(document, { asOf: { revision: 3 } }, { roles: { shop: [role] } })).toEqual({
      code: 'FORBIDDEN',
      message: 'To read history in "shop" takes the role admin or creator or member or auditor, which this token does not have.',
    });
  }
  for (const role of ['auditor', 'member', 'creator'] as const) {
    const by: By = { roles: { shop: [role] } };
    expect(await stack.ask(document, { asOf: { revision: 3 } }, by)).toEqual({ project: { name: 'Shop', keys: { totalCount: 3 } } });
    expect(await stack.ask(document, {}, by)).toMatchObject({ project: { name: 'Store' } });
  }
});
