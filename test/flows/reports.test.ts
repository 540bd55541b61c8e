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
      - { name: Low, weight: 50, values: { price: low } }
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

const seenOf = ({ cursor, receivedUpTo, digest }: Shown['experimentResults']) => ({ cursor, receivedUpTo, digest });
