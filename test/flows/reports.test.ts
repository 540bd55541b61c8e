import { eventually } from '../fixtures/eventually';
import { DAY_MS, PlayedServer } from './played-tests';

const START = Date.parse('2026-03-02T00:00:00Z');
const USERS = 40;

const SETUP = `
version: 2
keys:
  - { name: price, type: STRING, default: usual }
goals:
  - { name: Bought, event: purchase, measure: CONVERSION, windowDays: 1 }
experiments:
  - name: Price
    keys: [price]
    goals: [Bought]
    variants:
      - { name: Control, control: true, weight: 50 }
      - { name: =Low, weight: 50, values: { price: low } }
    status: RUNNING
`;

const server = new PlayedServer(START);
let id: string;

beforeAll(async () => {
  await server.open();
  await server.apply(SETUP);
  const { experiments } = await server.ask<{ experiments: { nodes: readonly { id: string }[] } }>(
    '{ experiments(projectId: "shop") { nodes { id } } }',
  );
  id = experiments.nodes[0]!.id;
  await server.moveTo(START + 10 * 3_600_000);
  for (let user = 0; user < USERS; user += 1) await server.visit(`user ${user}`, ['price']);
  await server.moveTo(START + 12 * 3_600_000);
  await server.send(Array.from({ length: USERS / 2 }, (_, user) => ({ id: `${user}`, user: `user ${user}`, event: 'purchase' })));
  await server.moveTo(START + 3 * DAY_MS);
}, 60_000);

afterAll(() => server.close());

interface Shown {
  readonly experimentResults: {
    readonly cursor: string;
    readonly receivedUpTo: string;
    readonly digest: string;
    readonly reproduced: boolean | null;
    readonly remark: string | null;
    readonly decision: { readonly decision: string } | null;
  };
}
const results = async (of: { decision?: number; receivedUpTo?: string } = {}) => {
  const query = `query ($id: ID!, $decision: Int, $receivedUpTo: DateTime) {
    experimentResults(id: $id, decision: $decision, receivedUpTo: $receivedUpTo) {
      cursor receivedUpTo digest reproduced remark decision { decision }
    }
  }`;
  return (await server.ask<Shown>(query, { id, ...of })).experimentResults;
};

interface Recorded {
  readonly recordDecision: {
    readonly message?: string;
    readonly version?: number;
    readonly problems?: readonly { readonly path: string }[];
    readonly decisions?: readonly { readonly revision: number; readonly decision: string; readonly actor: { readonly subject: string } }[];
  };
}
const record = async (input: object, role?: 'creator' | 'member') => {
  const document = `mutation ($input: RecordDecisionInput!) {
    recordDecision(input: $input) {
      ... on Experiment { version decisions { revision at decision reason cursor receivedUpTo digest actor { subject } } }
      ... on Refusal { message }
      ... on InvalidInput { problems { path } }
      ... on Preview { changes { sentence } }
    }
  }`;
  const token = role && (await server.token(role));
  return (await server.ask<Recorded>(document, { input: { id, ...input } }, token)).recordDecision;
};

describe('R5', () => {
  test('R5 a decision keeps the results it was made on, which are reproduced from it until a user is erased', async () => {
    const seen = await results();
    const input = { decision: 'SHIP', reason: 'More buy.', upTo: seen.cursor, receivedUpTo: seen.receivedUpTo, digest: seen.digest };
    expect(await record({ ...input, preview: true })).toEqual({
      changes: [{ sentence: expect.stringContaining('decided on experiment *Price*: ship it') }],
    });
    const { decisions } = await record(input, 'creator');
    expect(decisions).toMatchObject([{ ...seenOf(seen), decision: 'SHIP', reason: 'More buy.', actor: { subject: 'creator' } }]);
    const { revision } = decisions![0]!;
    await server.moveTo(server.nowMs + DAY_MS);
    expect(await results({ decision: revision })).toEqual({ ...seen, reproduced: true, decision: { decision: 'SHIP' } });

    const { history } = await server.ask<{ history: { nodes: readonly object[] } }>(
      '{ history(projectId: "shop", first: 1) { nodes { sentence reason } } }',
    );
    expect(history.nodes).toEqual([{ sentence: 'creator decided on experiment *Price*: ship it', reason: 'More buy.' }]);

    await server.ask('mutation { forgetUser(input: { projectId: "shop", user: "user 0" }) { __typename } }');
    const after = await results({ decision: revision });
    expect(after).toMatchObject({ reproduced: false, cursor: seen.cursor, receivedUpTo: seen.receivedUpTo });
    expect(after.remark).toContain(`the decision at revision ${revision} was made on. 1 of its users`);
    expect((await record({ ...input, reason: 'Again.' })).problems).toEqual([{ path: 'digest' }]);
  });

  test('R5, A1 the same command a day later is answered as it was, although the results have moved on', async () => {
    const input = { decision: 'INCONCLUSIVE', reason: 'Too few.', commandId: 'decide-1' };
    const { version } = await record(input);
    await server.moveTo(server.nowMs + DAY_MS);
    expect(await record(input)).toMatchObject({ version });
    expect((await record({ ...input, decision: 'SHIP' })).message).toContain('was used for another command');
  });

  test('R5 without the right, or with a wrong question, the answer says what to do', async () => {
    await expect(record({ decision: 'SHIP', reason: 'x' }, 'member')).rejects.toThrow('takes the role admin or creator');
    await expect(results({ decision: 1 })).rejects.toThrow(
      'must be the revision at which one was recorded on the experiment. They were at',
    );
    const both = { decision: 1, receivedUpTo: new Date(START + DAY_MS).toISOString() };
    await expect(results(both)).rejects.toThrow('leave out `upTo` and `receivedUpTo`');
    const future = new Date(server.nowMs + DAY_MS).toISOString();
    await expect(record({ decision: 'SHIP', reason: 'x', receivedUpTo: future })).rejects.toThrow('must be at least a minute ago');
  });
});

const days = async (accept: string, query = '', role: 'member' | 'app' = 'member') => {
  const [, , local] = id.split('/');
  const headers = { accept, authorization: `Bearer ${await server.token(role)}` };
  const response = await fetch(`${server.url}/projects/shop/experiments/${local}/days${query}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('daily aggregates', () => {
  test('they are the same as CSV and as lines of JSON, and their sums are what results show', async () => {
    const [csv, ndjson] = [await days('text/csv'), await days('application/x-ndjson')];
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const [head = '', ...rows] = csv.text.trimEnd().split('\r\n');
    const objects = ndjson.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string | number>);
    expect(head.split(',')).toEqual(Object.keys(objects[0]!));
    // A spreadsheet must not take the name of the variant for a formula.
    expect(rows.map((row) => row.split(','))).toEqual(
      objects.map((of) => Object.values(of).map((cell) => (cell === '=Low' ? "'=Low" : String(cell)))),
    );
    expect(rows.some((row) => row.includes("'=Low"))).toBe(true);
    const sum = (name: string) => objects.reduce((total, of) => total + Number(of[name]), 0);
    // One user has been erased.
    expect([sum('exposedUsers'), sum('matureUsers'), sum('converted')]).toEqual([USERS - 1, USERS - 1, USERS / 2 - 1]);
    const again = `?upTo=${ndjson.headers.get('results-cursor')}&receivedUpTo=${ndjson.headers.get('results-received-up-to')}`;
    expect((await days('application/x-ndjson', again)).text).toBe(ndjson.text);
  });

  test.each([
    [406, 'image/png', '', 'text/csv'],
    [400, 'text/csv', '?receivedUpTo=yesterday', 'receivedUpTo must be a date'],
    [400, 'text/csv', '?receivedUpTo=2099-01-01', 'at least a minute ago'],
    [400, 'text/csv', '?receivedUpTo=2026-03-01', 'before the start of the experiment'],
    [400, 'text/csv', '?upTo=x', 'upTo must be a cursor'],
    [400, 'text/csv', `?upTo=${Buffer.from(`other:3:${'0'.repeat(16)}`).toString('base64url')}`, 'a cursor of the project'],
  ])('%d: %s%s is answered with what to do', async (status, accept, query, message) => {
    const answer = await days(accept, query);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(message)]);
  });

  test('they take the right to read the set-up, and an experiment that is there', async () => {
    expect((await days('text/csv', '', 'app')).status).toBe(403);
    const headers = { authorization: `Bearer ${await server.token('member')}` };
    expect((await fetch(`${server.url}/projects/shop/experiments/none/days`, { headers })).status).toBe(404);
    // As a browser's session does, which allows no GET.
    const posted = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' };
    expect((await fetch(`${server.url}/projects/${id.replace('/experiment/', '/experiments/')}/days`, posted)).status).toBe(200);
  });
});

test('a question about another goal, or about a time before the start, is answered with what to do', async () => {
  const query =
    'query ($id: ID!, $goals: [ID!], $at: DateTime) { experimentResults(id: $id, receivedUpTo: $at) { goals(goalIds: $goals) { name } } }';
  const { goals } = await server.ask<{ goals: { nodes: readonly { id: string }[] } }>('{ goals(projectId: "shop") { nodes { id } } }');
  expect(await server.ask(query, { id, goals: [goals.nodes[0]!.id] })).toEqual({ experimentResults: { goals: [{ name: 'Bought' }] } });
  await expect(server.ask(query, { id, goals: ['shop/goal/none'] })).rejects.toThrow('`goalIds[0]` must be a goal of the experiment:');
  await expect(server.ask(query, { id, goals: [id] })).rejects.toThrow('goalIds[0]');
  const early = new Date(START - DAY_MS).toISOString();
  await expect(server.ask(query, { id, at: early })).rejects.toThrow('`receivedUpTo` must not be before the start of the experiment');
});

test('a subscription says how results stand, which takes the right to read them', async () => {
  const subscribe = async (role: 'member' | 'app') => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${await server.token(role)}` },
      body: JSON.stringify({ query: `subscription { resultsMoved(id: "${id}") { entityId digest } }` }),
    });
    const reader = response.body!.getReader();
    let text = '';
    while (!/data: .*(digest|errors)/.test(text)) {
      const { done, value } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString();
    }
    await reader.cancel();
    return text;
  };
  const { digest } = await results();
  expect(await subscribe('member')).toContain(digest);
  expect(await subscribe('app')).toContain('takes the role');
});

test('R4 checks count what came too late, and know that the user store was there and is the same', async () => {
  const at = new Date(server.nowMs - 8 * DAY_MS).toISOString();
  await server.reject(
    [
      { user: 'user 1', event: 'purchase', at },
      { user: 'user 2', event: 'visit', at },
    ],
    2,
  );
  interface Checked {
    readonly experimentResults: { readonly checks: readonly { readonly name: string; readonly status: string; readonly text: string }[] };
  }
  const of = async (name: string) => {
    const query = 'query ($id: ID!) { experimentResults(id: $id) { checks { name status text } } }';
    const { experimentResults: shown } = await server.ask<Checked>(query, { id });
    return shown.checks.find((check) => check.name === name);
  };
  // What is counted is written half a second later, and shown once it is settled.
  await eventually('the late event is counted', async () => {
    await server.moveTo(server.nowMs + 180_000);
    return (await of('LATE'))?.status === 'FAILED';
  });
  expect(await of('LATE')).toEqual({ name: 'LATE', status: 'FAILED', text: expect.stringContaining('1 user events too late') });
  expect(await of('SERVED_WITHOUT_STORE')).toMatchObject({ status: 'PASSED' });
  expect(await of('ASSIGNMENTS_LOST')).toMatchObject({ status: 'PASSED' });
});

test('X7 results name what changed the baseline while the test ran, as the event records it', async () => {
  const document = `mutation ($input: EditKeyInput!) { editKey(input: $input) { __typename ... on Key { version cursor } ... on Refusal { message } } }`;
  const input = { projectId: 'shop', name: 'price', defaultValue: 'dear' };
  expect(await server.ask(document, { input })).toMatchObject({ editKey: { __typename: 'BaselineOfRunning' } });
  expect(await server.ask(document, { input: { ...input, acknowledge: { baselineOf: [id] } } })).toMatchObject({
    editKey: { __typename: 'Key' },
  });
  const { experimentResults: shown, history } = await server.ask<{
    experimentResults: { baselineChanges: readonly { revision: number }[]; checks: readonly { name: string; status: string }[] };
    history: { nodes: readonly { event: { revision: number } }[] };
  }>(
    `query ($id: ID!) { experimentResults(id: $id) { baselineChanges { revision at } checks { name status } }
      history(projectId: "shop", first: 1) { nodes { event { revision } } } }`,
    { id },
  );
  expect(shown.baselineChanges.map(({ revision }) => revision)).toEqual([history.nodes[0]!.event.revision]);
  expect(shown.checks).toContainEqual({ name: 'BASELINE_CHANGED', status: 'FAILED' });
});

const seenOf = ({ cursor, receivedUpTo, digest }: Shown['experimentResults']) => ({ cursor, receivedUpTo, digest });
