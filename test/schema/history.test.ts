import { encodeCursor } from '../../src/domain/cursor';
import type { Envelope } from '../../src/domain/event';
import { DamagedRecord } from '../../src/event-store/event-store';
import { sentence } from '../../src/domain/decider';
import { globalId } from '../fixtures/ids';
import { accept } from '../fixtures/mutation';
import { IN_MIAMI, IN_NEW_YORK, setUp } from '../fixtures/set-up';
import { Stack, type By } from '../fixtures/stack';
import {
  ArchiveKeyDocument,
  CreateFlagDocument,
  EditKeyDocument,
  EditSegmentDocument,
  HistoryDocument,
  KeyHistoryDocument,
  type HistoryFieldsFragment,
  type EventType,
  type HistoryQueryVariables,
} from '../generated/operations';

let stack: Stack;
let events: readonly Envelope[];
let segmentId: string;

const bob: By = { actor: 'bob' };
const auditor: By = { actor: 'eve', roles: { shop: ['auditor'] } };

beforeAll(async () => {
  stack = await Stack.start();
  const { keys, segment } = setUp(stack);
  await keys(['price', 'title']);
  segmentId = await segment('Visitors', { all: [IN_NEW_YORK, { property: { name: 'user.age', operator: 'AT_LEAST', value: 18 } }] });
  await accept(stack, EditKeyDocument, { name: 'price', defaultValue: 4, description: 'In euros', reason: 'Straßenfest' }, bob);
  await accept(stack, EditSegmentDocument, {
    id: segmentId,
    rule: { all: [IN_MIAMI, { property: { name: 'user.age', operator: 'AT_LEAST', value: 18 } }] },
  });
  await accept(stack, CreateFlagDocument, { name: 'Cheap', key: 'price', rows: [{ segmentId, percentage: 50, value: 9 }] }, bob);
  await accept(stack, ArchiveKeyDocument, { name: 'title', reason: 'No one reads it' });
  await accept(stack, EditKeyDocument, { name: 'price', defaultValue: 5 });
  events = await stack.events();
});
afterAll(() => stack.stop());

const ask = async (variables: Partial<HistoryQueryVariables> = {}, by: By = auditor): Promise<HistoryFieldsFragment> =>
  (await stack.ask(HistoryDocument, { projectId: 'shop', ...variables } as HistoryQueryVariables, by)).history!;
const refused = async (variables: Partial<HistoryQueryVariables>, by: By = auditor): Promise<string> => {
  const { code, message } = await stack.fail(HistoryDocument, { projectId: 'shop', ...variables } as HistoryQueryVariables, by);
  return `${String(code)}: ${message}`;
};
const revisions = ({ nodes }: HistoryFieldsFragment): number[] => nodes.map(({ event }) => event.revision);
const wanted = (which: (event: Envelope) => boolean): number[] =>
  events
    .filter(which)
    .map(({ revision }) => revision)
    .reverse();
const cursorAt = (revision: number): string => encodeCursor({ projectId: 'shop', revision, mark: events[revision]!.hash.slice(0, 16) });

describe('an entry says', () => {
  test('who did what, when and why, with the event as it is stored', async () => {
    const { nodes, edges, totalCount, cursor } = await ask();
    expect(nodes.map(({ sentence }) => sentence)).toEqual(events.map((event) => `${event.actor.id} ${sentence(event)}`).reverse());
    expect(totalCount).toBe(events.length);
    expect(cursor).toBe(cursorAt(events.length - 1));
    for (const [at, node] of nodes.entries()) {
      const { entity, actor, reason, occurredAt, commandHash: _commandHash, ...stored } = events[events.length - 1 - at]!;
      const when = new Date(occurredAt).toISOString();
      const who = { id: `*/${actor.kind}/${actor.id}`, kind: actor.kind.toUpperCase() };
      expect(node).toMatchObject({ reason: reason ?? null, occurredAt: when, actor: who, cursor: cursorAt(stored.revision) });
      expect(node.event).toMatchObject({ ...stored, occurredAt: when, actor: who, cursor: node.cursor, reason: reason ?? null });
      const { kind, id, name } = entity;
      const nodeId = kind === 'project' ? 'shop' : globalId(kind, id);
      expect(node.event.entity).toEqual({ kind: kind.toUpperCase(), entityId: id, nodeId, name });
      expect(edges[at]).toEqual({ cursor: node.cursor, node: { sentence: node.sentence } });
    }
  });

  test('what changed, field by field', async () => {
    const changes = async (type: EventType) => (await ask({ types: [type] })).nodes.map((node) => node.changes);
    expect(await changes('KeyDefaultChanged')).toEqual([
      [{ path: 'defaultValue', kind: 'CHANGED', before: 4, after: 5 }],
      [{ path: 'defaultValue', kind: 'CHANGED', before: 3, after: 4 }],
    ]);
    expect(await changes('KeyArchived')).toEqual([[{ path: 'archived', kind: 'CHANGED', before: false, after: true }]]);
    expect((await changes('FlagCreated'))[0]).toContainEqual({ path: 'key', kind: 'ADDED', before: null, after: 'price' });
  });

  test('of a segment rule, which leaf changed', async () => {
    const [entry] = (await ask({ types: ['SegmentRuleChanged'] })).nodes;
    expect(entry?.changes).toEqual([{ path: 'rule.all[0].property.value', kind: 'CHANGED', before: 'New York', after: 'Miami' }]);
  });
});

describe('it is narrowed', () => {
  test('to one thing, or all of a kind', async () => {
    const about = await ask({ entity: { kind: 'KEY', id: 'shop/key/price' } });
    expect(revisions(about)).toEqual(wanted(({ entity }) => entity.id === 'price'));
    expect(about.totalCount).toBe(4);
    expect(revisions(await ask({ entity: { kind: 'KEY' } }))).toEqual(wanted(({ entity }) => entity.kind === 'key'));
    expect(revisions(await ask({ entity: { kind: 'GOAL' } }))).toEqual([]);
    expect((await ask({ entity: { id: 'shop/key/nope' } })).totalCount).toBe(0);
  });

  test('to who, to types, and to all of it together', async () => {
    expect(revisions(await ask({ actor: '*/user/bob' }))).toEqual(wanted(({ actor }) => actor.id === 'bob'));
    const types: EventType[] = ['KeyCreated', 'FlagCreated', 'KeyCreated'];
    const oneOf = await ask({ types });
    expect(revisions(oneOf)).toEqual(wanted(({ type }) => types.includes(type as EventType)));
    expect(oneOf.totalCount).toBe(3);
    const both = await ask({
      types: ['KeyDefaultChanged', 'KeyDescribed'],
      actor: '*/user/bob',
      entity: { kind: 'KEY', id: 'shop/key/price' },
    });
    expect(revisions(both)).toEqual(wanted(({ actor, entity }) => actor.id === 'bob' && entity.id === 'price'));
    expect(both.totalCount).toBeNull();
  });

  test('to a time: from one on, and before another', async () => {
    const times = events.map(({ occurredAt }) => occurredAt);
    for (const time of times) {
      const at = new Date(time).toISOString();
      expect(revisions(await ask({ since: at }))).toEqual(wanted(({ occurredAt }) => occurredAt >= time));
      if (time > times[0]!) expect(revisions(await ask({ until: at }))).toEqual(wanted(({ occurredAt }) => occurredAt < time));
    }
    expect(revisions(await ask({ since: '2200-01-01T00:00:00.000Z' }))).toEqual([]);
  });

  test('to a text in the sentence, the reason or the name, whatever its case', async () => {
    expect(revisions(await ask({ search: 'ARCHIVED KEY' }))).toEqual(wanted(({ type }) => type === 'KeyArchived'));
    expect(revisions(await ask({ search: 'strassenfest' }))).toEqual(
      wanted(({ actor, entity }) => actor.id === 'bob' && entity.id === 'price'),
    );
    expect(revisions(await ask({ search: 'CHEAP', actor: '*/user/bob' }))).toEqual(wanted(({ type }) => type === 'FlagCreated'));
    const all = await ask({ search: 'price', first: 2 });
    expect([all.totalCount, all.cutShort, all.pageInfo.hasNextPage]).toEqual([null, false, true]);
    expect((await ask({ search: 'no one wrote this' })).nodes).toEqual([]);
  });
});

describe('it is paged', () => {
  test.each(['NEWEST_FIRST', 'OLDEST_FIRST'] as const)('%s, forward and backward, each entry once', async (order) => {
    for (const filter of [
      {},
      { entity: { kind: 'KEY' as const } },
      { search: 'price' },
      { actor: '*/user/alice', types: ['KeyCreated' as const] },
    ]) {
      const whole = await ask({ ...filter, order, first: 200 });
      for (const size of [1, 2, 3]) {
        const forward: number[] = [];
        for (let after: string | null | undefined, more = true; more;) {
          const page = await ask({ ...filter, order, first: size, after });
          expect(page.pageInfo.hasPreviousPage).toBe(after !== undefined);
          forward.push(...revisions(page));
          more = page.pageInfo.hasNextPage;
          after = page.pageInfo.endCursor;
        }
        const backward: number[] = [];
        for (let before: string | null | undefined, more = true; more;) {
          const page = await ask({ ...filter, order, last: size, before });
          expect(page.pageInfo.hasNextPage).toBe(before !== undefined);
          backward.unshift(...revisions(page));
          more = page.pageInfo.hasPreviousPage;
          before = page.pageInfo.startCursor;
        }
        expect(forward).toEqual(revisions(whole));
        expect(backward).toEqual(revisions(whole));
      }
    }
  });

  test('between two places', async () => {
    const between = (order: HistoryQueryVariables['order'], after: number, before: number) =>
      ask({ order, after: cursorAt(after), before: cursorAt(before) });
    expect(revisions(await between('OLDEST_FIRST', 2, 6))).toEqual([3, 4, 5]);
    expect(revisions(await between('NEWEST_FIRST', 6, 2))).toEqual([5, 4, 3]);
    expect(revisions(await between('NEWEST_FIRST', 2, 6))).toEqual([]);
  });
});

describe('beside the thing itself', () => {
  test('is the same history, of that thing alone', async () => {
    const { key } = await stack.ask(KeyHistoryDocument, { projectId: 'shop', name: 'price', first: 2 });
    expect(key?.history).toEqual(await ask({ entity: { kind: 'KEY', id: 'shop/key/price' }, first: 2 }));
  });

  test('on everything that has one', async () => {
    const part = 'history { totalCount nodes { event { entity { kind } } } }';
    const document = `query ($segment: ID!) {
      key(projectId: "shop", name: "price") { ${part} }
      segment(projectId: "shop", id: $segment) { ${part} }
      exclusivity(projectId: "shop") { ${part} }
      flags(projectId: "shop") { nodes { ${part} } }
      project(id: "shop") { history(entity: { kind: PROJECT }) { totalCount } all: history { totalCount } }
    }`;
    expect(await stack.ask(document, { segment: segmentId })).toMatchObject({
      key: { history: { totalCount: 4 } },
      segment: { history: { totalCount: 2, nodes: [{ event: { entity: { kind: 'SEGMENT' } } }, {}] } },
      exclusivity: { history: { totalCount: 0 } },
      flags: { nodes: [{ history: { totalCount: 1 } }] },
      project: { history: { totalCount: 1 }, all: { totalCount: events.length } },
    });
  });

  test('as of then, what had happened by then', async () => {
    const document = '{ project(id: "shop", asOf: { revision: 4 }) { history { totalCount nodes { event { revision } } } } }';
    const { project } = await stack.ask<{ project: { history: HistoryFieldsFragment } }>(document, {}, auditor);
    expect([project.history.totalCount, revisions(project.history)]).toEqual([5, [4, 3, 2, 1, 0]]);
  });

  test('takes the right to read history in that project, and no other', async () => {
    for (const role of ['creator', 'member'] as const) {
      const { key } = await stack.ask(KeyHistoryDocument, { projectId: 'shop', name: 'price' }, { roles: { shop: [role] } });
      expect(key?.history?.nodes.length).toBeGreaterThan(0);
    }
    const may = 'the role admin or creator or member or auditor';
    const words = `FORBIDDEN: To read history in "shop" takes ${may}, which this token does not have.`;
    expect(await refused({}, { roles: { shop: ['analyst'], other: ['auditor'] } })).toContain(words);
  });
});

describe('bad input has its own answer', () => {
  const forged = (revision: number, mark = 'f'.repeat(16)) => encodeCursor({ projectId: 'shop', revision, mark });

  test('a kind of thing that there is not', async () => {
    const { errors } = await stack.run('{ history(projectId: "shop", entity: { kind: WIDGET, id: "x" }) { totalCount } }', {}, auditor);
    expect(errors?.[0]?.message).toContain('Value "WIDGET" does not exist in "EntityKind" enum');
  });

  test('a type of event that there is not', async () => {
    const { errors } = await stack.run('{ history(projectId: "shop", types: [KeyCreated, KeyDeleted]) { totalCount } }', {}, auditor);
    expect(errors?.[0]?.message).toContain('Value "KeyDeleted" does not exist in "EventType" enum');
  });

  test('times the wrong way round, or before there was a project', async () => {
    const [since, until] = ['2026-02-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
    expect(await refused({ since, until })).toContain('BAD_REQUEST: `since` must be before `until`');
    expect(await refused({ since: until, until })).toContain('`since` must be before `until`');
    // A date is its first instant in UTC, and an instant may have an offset.
    expect(await refused({ since: '2026-02-01', until: '2026-02-01T01:00:00+01:00' })).toContain(`from ${since} on and before ${since}`);
    for (const time of ['2026-02-30', '2026-02-01T09:30:00', 'yesterday', '1'])
      expect(await refused({ since: time })).toContain('BAD_USER_INPUT: Variable "$since" got invalid value');
    const began = new Date(events[0]!.occurredAt).toISOString();
    for (const time of ['2001-01-01T00:00:00.000Z', began]) {
      expect(await refused({ until: time })).toBe(
        `BAD_REQUEST: The history of "shop" begins at ${began}: nothing of it is before \`until\`, ${time}.`,
      );
    }
    expect((await ask({ until: new Date(events[0]!.occurredAt + 1).toISOString() })).nodes.length).toBeGreaterThan(0);
  });

  test('a cursor that is cut short, of another project, of a rewritten history, or of a place that is not there', async () => {
    expect(await refused({ after: cursorAt(3).slice(0, -4) })).toContain('this one is cut short');
    const other = encodeCursor({ projectId: 'other', revision: 1, mark: '0'.repeat(16) });
    expect(await refused({ before: other })).toBe('BAD_REQUEST: `before` is a cursor of the project "other", not of "shop".');
    expect(await refused({ after: forged(3) })).toBe(
      'BAD_REQUEST: `after` is a place that the history of "shop" does not have: it was rewritten or restored since.',
    );
    for (const revision of [events.length - 1, events.length, 1_000_000]) {
      expect(await refused({ before: forged(revision) })).toBe(
        'BAD_REQUEST: `before` is a place that the history of "shop" does not have.',
      );
    }
  });

  test('a page that is too large, negative, or from both ends', async () => {
    for (const size of [201, -1]) {
      expect(await refused({ first: size })).toContain(`BAD_REQUEST: \`first\` must be from 0 to 200, not ${size}`);
      expect(await refused({ last: size })).toContain('`last` must be from 0 to 200');
    }
    expect(await refused({ first: 1, last: 1 })).toBe('BAD_REQUEST: Give `first` or `last`, not both.');
    expect((await ask({ first: 0 })).nodes).toEqual([]);
  });

  test('a store that does not hold an event as it was written', async () => {
    const answer =
      'HISTORY_BROKEN: The event store does not hold this part of the history of "shop" as it was written: `experience-ledger verify` says where.';
    const read = jest.spyOn(stack.store, 'read');
    try {
      // eslint-disable-next-line require-yield -- the flipped byte is in the very event that is asked for
      read.mockImplementation(async function* (projectId, from = 0) {
        throw new DamagedRecord(projectId, from, 'it is no JSON');
      });
      expect(await refused({ first: 1 })).toBe(answer);
      read.mockImplementation(async function* () {});
      expect(await refused({ first: 1 })).toBe(answer);
    } finally {
      read.mockRestore();
    }
  });

  test('texts that are too long, and a project that there is not', async () => {
    expect(await refused({ search: '🎉'.repeat(201) })).toContain('`search` must have at most 200 characters');
    for (const actor of [`*/user/${'x'.repeat(201)}`, 'bob', 'shop/key/price', '*/nothing/bob', ''])
      expect(await refused({ actor })).toContain('`actor` must be the `id` of an actor');
    expect(await refused({ entity: { kind: 'KEY', id: globalId('key', 'x'.repeat(201)) } })).toContain(
      '`entity.id` must have at most 200 characters',
    );
    expect(await refused({ projectId: 'nope' }, {})).toContain('There is no project "nope"');
  });
});
