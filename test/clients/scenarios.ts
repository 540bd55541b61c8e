import { setUp } from '../fixtures/set-up';
import type { Stack } from '../fixtures/stack';

/** What a cache must give back as the server answered it. Relay wants names that begin as its module does. */
export interface Scenario {
  readonly what: string;
  readonly kind: 'query' | 'mutation';
  readonly text: string;
  /** Asked afterwards; then the first is read again, and must still be as it was. */
  readonly then?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const ROWS = 'rows { row segment { id name } percentage value }';

export const SCENARIOS: readonly Scenario[] = [
  {
    what: 'two flags whose rows have the same local names and differ',
    kind: 'query',
    text: `query clientsFlagsQuery { flags(projectId: "shop") { nodes { id name ${ROWS} key { id name } } } }`,
  },
  {
    what: 'two configs whose rows differ',
    kind: 'query',
    text: 'query clientsConfigsQuery { configs(projectId: "shop") { nodes { id name rows { row values { key value } } } } }',
  },
  {
    what: 'the variants of two experiments',
    kind: 'query',
    text: 'query clientsExperimentsQuery { experiments(projectId: "shop") { nodes { id name variants { variant name weight } rolledOut { variant { variant } } } } }',
  },
  {
    what: 'two steps of a plan about one flag, an edit and a publish',
    kind: 'query',
    text: 'query clientsPlanQuery($input: PlanSetupInput!) { planSetup(input: $input) { __typename ... on Plan { steps { command entityId nodeId name sentence } } } }',
    variables: {
      input: {
        projectId: 'shop',
        setup: { version: 2, flags: [{ name: 'Big', key: 'size', status: 'LIVE', rows: [{ value: 7 }] }] },
      },
    },
  },
  {
    what: 'a history of renames, each event with the name of then',
    kind: 'query',
    text: 'query clientsHistoryQuery { history(projectId: "shop", entity: { kind: SEGMENT }) { nodes { sentence event { id entity { entityId nodeId name } } } } }',
  },
  {
    what: 'the past beside the present, in one document',
    kind: 'query',
    text: `query clientsPastQuery {
      now: project(id: "shop") { id name segments { nodes { id name } } flags { nodes { id ${ROWS} } } key(name: "size") { id defaultValue } exclusivity { id enabled } }
      before: project(id: "shop", asOf: { revision: 12 }) { id name segments { nodes { id name } } flags { nodes { id ${ROWS} } } key(name: "size") { id defaultValue } exclusivity { id enabled } }
    }`,
  },
  {
    what: 'the present, with the past asked for after it',
    kind: 'query',
    text: 'query clientsPresentQuery { project(id: "shop") { id name segments { nodes { id name usedBy { kind nodeId name } } } exclusivity { id enabled } } }',
    then: 'query clientsLaterQuery { project(id: "shop", asOf: { revision: 12 }) { id name segments { nodes { id name usedBy { kind nodeId name } } } exclusivity { id enabled } } }',
  },
  {
    what: 'two NotFounds in one document',
    kind: 'mutation',
    text: `mutation clientsMissingMutation {
      one: editFlag(input: { id: "shop/flag/one", name: "x" }) { __typename ... on NotFound { code entityId } }
      two: editFlag(input: { id: "shop/flag/two", name: "x" }) { __typename ... on NotFound { code entityId } }
    }`,
  },
];

/** A shop in which local names repeat, and whose past differs from its present in all that the scenarios ask for. */
export async function fill(stack: Stack): Promise<void> {
  const { keys, segment } = setUp(stack);
  await keys(['size', 'width', 'height']);
  const visitors = await segment('Visitors');
  const create = async (kind: string, input: object): Promise<string> => {
    const { made } = await stack.ask<{ made: { id: string } }, object>(
      `mutation ($input: Create${kind}Input!) { made: create${kind}(input: $input) { ... on ${kind} { id } } }`,
      { input: { projectId: 'shop', ...input } },
    );
    return made.id;
  };
  const big = await create('Flag', { name: 'Big', key: 'size', rows: [{ segmentId: visitors, percentage: 10, value: 1 }, { value: 2 }] });
  await create('Flag', {
    name: 'Wide',
    key: 'width',
    rows: [
      { percentage: 20, value: 3 },
      { segmentId: visitors, value: 4 },
    ],
  });
  for (const [name, key] of [
    ['Look', 'size'],
    ['Feel', 'height'],
  ] as const) {
    await create('Config', { name, keys: [key], rows: [{ values: [{ key, value: name.length + key.length }] }] });
    const variants = [
      { name: `${name} control`, control: true, weight: key === 'size' ? 40 : 50 },
      { name: `${name} new`, weight: key === 'size' ? 60 : 50, values: [{ key, value: 9 }] },
    ];
    await create('Experiment', { name, keys: [key], variants });
  }
  await stack.ask(
    `mutation ($segment: ID!, $flag: ID!) {
      a: editSegment(input: { id: $segment, name: "Guests" }) { __typename }
      b: editSegment(input: { id: $segment, name: "Friends" }) { __typename }
      c: editFlag(input: { id: $flag, rows: [{ row: "r2", value: 5 }] }) { __typename }
      d: editKey(input: { id: "shop/key/size", defaultValue: 8 }) { __typename }
      e: enableExclusivity(input: { id: "shop/exclusivity" }) { __typename }
      f: editProject(input: { projectId: "shop", name: "Store" }) { __typename }
    }`,
    { segment: visitors, flag: big },
  );
}
