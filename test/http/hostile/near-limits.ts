import { getIntrospectionQuery } from 'graphql';
import type { Document } from './documents';
import type { Random } from './random';
import { SETUP } from './world';

type Draw = (random: Random) => Document;

const list = (count: number, part: (at: number) => string): string => Array.from({ length: count }, (_, at) => part(at)).join(' ');
const plain = (query: string): Document => ({ query, variables: {} });
const nest = (depth: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown => {
  let value = leaf;
  for (let at = 0; at < depth; at += 1) value = wrap(value);
  return value;
};
const PROPERTY = { property: { name: 'x', operator: 'EXISTS' } };
const PLAN =
  'query ($setup: JSON!) { planSetup(input: { projectId: "shop", setup: $setup, prune: true }) { __typename ... on Plan { changes steps { sentence before after } obstacles { message } } ... on InvalidInput { message } } }';
const APPLY = PLAN.replace('query', 'mutation')
  .replace('planSetup', 'applySetup')
  .replace(/\.\.\. on Plan .*? \} \} /, '');
const CREATE_SEGMENT =
  'mutation ($rule: RuleInput!) { createSegment(input: { projectId: "shop", name: "Hostile", rule: $rule }) { __typename ... on InvalidInput { message } } }';
const matching = (pattern: string) => ({ property: { name: 'x', operator: 'MATCHES', value: pattern } });
const PATTERNS: readonly ((random: Random) => string)[] = [
  (random) => `(a{1,${random.int(1, 50)}}){1,${random.int(1, 19)}}`,
  (random) => 'a{1,1000}'.repeat(random.int(1, 50)),
  (random) => `(${'[^a-z]|'.repeat(random.int(1, 60))}x){1,30}`,
  (random) => `${'('.repeat(random.int(1, 100))}a${')*'.repeat(random.int(1, 100))}`,
  (random) => '\\pL{1,100}'.repeat(random.int(1, 40)),
  (random) => `(?i)${'\\w{20}'.repeat(random.int(1, 60))}`,
];

/** Shapes that come close to a limit, on either side of it. */
export const NEAR_LIMITS: Readonly<Record<string, Draw>> = {
  'fields up to the cost': (random) =>
    plain(
      `{ ${list(random.int(1, 12), (at) => `k${at}: keys(projectId: "shop", first: 100) { nodes { ${list(random.int(1, 10), (field) => `f${field}: defaultValue`)} name version } }`)} }`,
    ),
  'whole set-ups': (random) => plain(`{ ${list(random.int(1, 20), (at) => `s${at}: setup(projectId: "shop")`)} }`),
  'pages in pages': (random) =>
    plain(
      `{ projects(first: ${random.int(1, 100)}) { nodes { keys(first: ${random.int(1, 100)}) { nodes { name usedBy { name } } } flags(first: ${random.int(1, 30)}) { nodes { rows { value } } } } } }`,
    ),
  'rows with long values': (random) =>
    plain(
      `{ flags(projectId: "shop", first: ${random.int(1, 100)}) { nodes { ${list(random.int(1, 8), (at) => `r${at}: rows { value row }`)} } } }`,
    ),
  'history in history': (random) =>
    plain(
      `{ keys(projectId: "shop", first: ${random.int(1, 100)}) { nodes { history(first: ${random.int(1, 200)}, search: "k") { nodes { sentence changes { path before after } event { data } } } } } }`,
    ),
  'searches of history': (random) =>
    plain(
      `{ ${list(random.int(1, 12), (at) => `h${at}: history(projectId: "shop", first: 200, search: "zz${at}") { nodes { sentence } cutShort }`)} }`,
    ),
  'looks into the past': (random) =>
    plain(
      `{ ${list(random.int(1, 22), (at) => `p${at}: project(id: "shop", asOf: { revision: ${random.int(0, 200)} }) { keys(first: 100) { nodes { defaultValue } } }`)} }`,
    ),
  differences: (random) =>
    plain(
      `{ ${list(random.int(1, 10), (at) => `d${at}: diff(projectId: "shop", from: { revision: ${random.int(0, 50)} }, to: { revision: ${random.int(50, 400)} }, first: 100) { nodes { changes { path before after } } }`)} }`,
    ),
  digests: (random) => plain(`{ ${list(random.int(1, 5), (at) => `d${at}: readModelDigest(projectId: "shop") { parts { digest } }`)} }`),
  'the whole schema': (random) =>
    plain(
      random.chance(0.5)
        ? getIntrospectionQuery()
        : `{ ${list(random.int(1, 100), (at) => `s${at}: __schema { types { name fields { name args { name } } } }`)} }`,
    ),
  depth: (random) => {
    const depth = random.int(10, 30);
    return plain(`{ __type(name: "Key") { ${'ofType { '.repeat(depth)} name ${'} '.repeat(depth)} } }`);
  },
  tokens: (random) => plain(`{ ${'__typename '.repeat(random.int(3_500, 4_500))} }`),
  'the same field': (random) => plain(`{ ${'__schema { __typename } '.repeat(random.int(50, 990))} }`),
  'fields that contradict one another': (random) =>
    plain(`{ ${list(random.int(50, 300), (at) => `key(projectId: "a", name: "b${at}") { name }`)} }`),
  'unknown names': (random) =>
    plain(`{ ${list(random.int(50, 900), (at) => `kexs${at}`)} ${list(random.int(1, 100), (at) => `... on Sezment${at} { a }`)} }`),
  'chained fragments': (random) => {
    const count = random.int(50, 440);
    return plain(
      `{ key(projectId: "shop", name: "key_0") { ...f0 } } ${list(count, (at) => `fragment f${at} on Key { name ${at + 1 < count ? `...f${at + 1}` : ''} }`)}`,
    );
  },
  'fragments that spread each other': (random) => {
    const count = random.int(10, 150);
    const spreads = Math.floor(3_500 / count / 2) - 4;
    return plain(
      `{ key(projectId: "shop", name: "key_0") { ...f0 } } ${list(count, (at) => `fragment f${at} on Key { name ${list(Math.max(1, spreads), (to) => `...f${(at + to + 1) % count}`)} }`)}`,
    );
  },
  'many operations': (random) => ({ query: list(random.int(50, 700), (at) => `query q${at} { __typename }`), variables: {} }),
  'many variables': (random) => {
    const count = random.int(100, 900);
    return {
      query: `query (${list(count, (at) => `$v${at}: Int = ${at}`)}) { __typename }`,
      variables: Object.fromEntries(Array.from({ length: count }, (_, at) => [`v${at}`, random.int(0, 1e9)])),
    };
  },
  aliases: (random) =>
    plain(`{ ${list(random.int(90, 110), (at) => `a${at}: key(projectId: "shop", name: "key_0") { defaultValue description }`)} }`),
  'a long alias': (random) =>
    plain(
      `{ keys(projectId: "shop", first: 100) { nodes { ${'a'.repeat(random.int(90, 110))}: version ${'b'.repeat(random.int(90, 60_000))}: version } } }`,
    ),
  'a long comment': (random) => plain(`{ __typename } #${'x'.repeat(random.int(60_000, 70_000))}${random.int(0, 1e9)}`),
  'a long literal': (random) => plain(`{ keys(projectId: "shop", search: "${'x'.repeat(random.int(100, 65_000))}") { totalCount } }`),
  brackets: (random) => {
    const levels = random.int(250, 400);
    return plain(`{ key(projectId: ${'['.repeat(levels)}${']'.repeat(levels)}, name: "a") { name } }`);
  },
  'deep variables': (random) => ({
    query: CREATE_SEGMENT,
    variables: { rule: nest(random.int(5, 400), PROPERTY, (inner) => ({ all: [inner] })) },
  }),
  'wide rules': (random) => ({
    query: CREATE_SEGMENT,
    variables: { rule: { all: Array.from({ length: random.int(150, 5_000) }, () => PROPERTY) } },
  }),
  'patterns in rules': (random) => ({
    query: CREATE_SEGMENT,
    variables: { rule: { any: random.times(1, 8, () => matching(random.pick(PATTERNS)(random))) } },
  }),
  'empty lists by the thousand': (random) => ({
    query: '{ keys(projectId: "shop", first: 1) { totalCount } }',
    variables: { v: Array.from({ length: random.int(20_000, 30_000) }, () => []) },
  }),
  'a long value': (random) => ({
    query:
      'mutation ($value: JSON) { editKey(input: { projectId: "shop", name: "key_1", defaultValue: $value }) { __typename ... on InvalidInput { message } } }',
    variables: { value: 'x'.repeat(random.int(32_000, 900_000)) },
  }),
  'a plan of what is there': () => ({ query: PLAN, variables: { setup: SETUP } }),
  'plans by alias': (random) => ({
    query: `query ($setup: JSON!) { ${list(random.int(2, 39), (at) => `p${at}: planSetup(input: { projectId: "shop", setup: $setup }) { __typename }`)} }`,
    variables: { setup: SETUP },
  }),
  'a large plan': (random) => ({
    query: PLAN,
    variables: {
      setup: {
        version: 2,
        keys: Array.from({ length: random.int(100, 5_000) }, (_, at) => ({ name: `planned_${at}`, type: 'STRING', default: 'x' })),
      },
    },
  }),
  'a plan of many conditions': (random) => ({
    query: PLAN,
    variables: {
      setup: {
        version: 2,
        segments: Array.from({ length: random.int(10, 70) }, (_, at) => ({
          name: `Planned ${at}`,
          rule: { any: Array.from({ length: random.int(1, 200) }, () => PROPERTY) },
        })),
      },
    },
  }),
  'a plan of many patterns': (random) => {
    const pattern = random.pick(PATTERNS);
    return {
      query: random.chance(0.5) ? PLAN : APPLY,
      variables: {
        setup: {
          version: 2,
          segments: Array.from({ length: random.int(10, 1_000) }, (_, at) => ({
            name: `Matching ${at}`,
            rule: { any: random.times(1, 5, () => matching(`${pattern(random)}${at}`)) },
          })),
        },
      },
    };
  },
  'a set-up of nonsense': (random) => ({
    query: random.chance(0.5) ? PLAN : APPLY,
    variables: { setup: nest(random.int(1, 250), random.int(0, 9), (inner) => ({ keys: [inner], version: 2 })) },
  }),
  'a set-up with many faults': (random) => ({
    query: PLAN,
    variables: {
      setup: {
        version: 2,
        keys: Array.from({ length: random.int(100, 20_000) }, () => 0),
        flags: Array.from({ length: random.int(10, 3_000) }, () => ({ nope: 1 })),
      },
    },
  }),
  'many to archive': (random) => ({
    query: 'mutation ($items: [ArchiveItemInput!]!) { archiveMany(input: { projectId: "shop", items: $items }) { __typename } }',
    variables: { items: Array.from({ length: random.int(90, 5_000) }, (_, at) => ({ id: `shop/key/key_${at}` })) },
  }),
  'many mutations': (random) =>
    plain(
      `mutation { ${list(random.int(2, 110), (at) => `m${at}: editKey(input: { projectId: "shop", name: "key_${at % 120}", description: "Key ${at % 120}" }) { __typename ... on Key { version } }`)} }`,
    ),
  'a flag of many rows': (random) => ({
    query:
      'mutation ($rows: [FlagRowInput!]!) { createFlag(input: { projectId: "shop", name: "Hostile", key: "key_100", rows: $rows }) { __typename ... on InvalidInput { message } } }',
    variables: { rows: Array.from({ length: random.int(90, 3_000) }, () => ({ percentage: 100, value: 1 })) },
  }),
  searches: (random) =>
    plain(
      `{ ${list(random.int(10, 99), (at) => `s${at}: segments(projectId: "shop", first: 1, search: "${'x'.repeat(random.int(190, 210))}") { totalCount }`)} }`,
    ),
};
