import type { Role } from '../../../src/application/caller';
import { DocumentDraw, type Document } from './documents';
import { NEAR_LIMITS } from './near-limits';
import type { Random } from './random';
import { WORLD } from './world';

export type Way = 'post' | 'get' | 'socket' | 'stream' | 'feed' | 'raw';

/** A request before it is sent: what is drawn is said by its seed and its number. */
export interface Drawn {
  readonly what: string;
  readonly way: Way;
  readonly caller: string;
  /** Of a GraphQL request: its body, or what is subscribed with. */
  readonly body: Buffer;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who asks: one in three may do nothing. */
export const CALLERS: Readonly<Record<string, Readonly<Record<string, readonly Role[]>>>> = {
  missing: {},
  'without-roles': {},
  'of-another-project': { other: ['admin'] },
  member: { shop: ['member'] },
  analyst: { shop: ['analyst'] },
  auditor: { shop: ['auditor'] },
  creator: { shop: ['creator'] },
  admin: { shop: ['admin'] },
  instance: { '*': ['admin', 'auditor', 'analyst'] },
};

const CHANGES = [
  'types=KeyCreated',
  'fromStart=true',
  'after=nonsense',
  'entity=KEY&entityId=key_0',
  `types=${'A,'.repeat(200)}`,
  'unknown=1',
  'fromStart=maybe',
  '%zz=%zz',
];
const ACCEPTS = [
  'application/json',
  'application/graphql-response+json',
  '*/*',
  'text/html',
  'image/png',
  'multipart/mixed;deferSpec=20220824',
  'a'.repeat(2_000),
];

/** Only some of them, to look at those more closely: HOSTILE_SHAPES=plan. */
const SHAPES = Object.keys(NEAR_LIMITS).filter((shape) => new RegExp(process.env['HOSTILE_SHAPES'] ?? '').test(shape));

export function drawRequest(random: Random): Drawn {
  const near = random.chance(0.2);
  const caller = near
    ? random.pick(['without-roles', 'member', 'admin', 'admin', 'instance', 'instance'])
    : random.pick(Object.keys(CALLERS));
  if (near) {
    let what = random.pick(SHAPES);
    // A set-up takes as long as all else together.
    if (/plan|set-up/.test(what) && random.chance(0.6)) what = random.pick(SHAPES);
    const way = random.chance(0.05) ? 'socket' : 'post';
    return request(what, way, caller, NEAR_LIMITS[what]!(random), random);
  }
  const kind = random.pick(['query', 'query', 'query', 'query', 'mutation', 'mutation', 'subscription', 'other'] as const);
  if (kind === 'other') return other(caller, random);
  const document = new DocumentDraw(random, random.int(3, 25)).draw(kind);
  const way =
    kind === 'subscription'
      ? random.pick(['socket', 'stream', 'post'] as const)
      : random.chance(0.1)
        ? random.pick(['get', 'stream', 'socket'] as const)
        : 'post';
  return request(`a ${kind}`, way, caller, document, random);
}

function request(what: string, way: Way, caller: string, document: Document, random: Random): Drawn {
  const body = Buffer.from(
    JSON.stringify({ ...document, ...(random.chance(0.05) ? { operationName: random.pick(['Drawn', 'nope', '']) } : {}) }),
  );
  const headers = { accept: random.chance(0.9) ? 'application/json' : random.pick(ACCEPTS) };
  return { what, way, caller, body, path: way === 'get' ? `/graphql?${searchOf(document)}` : '/graphql', headers };
}

function searchOf({ query, variables }: Document): string {
  return new URLSearchParams({ query: query.slice(0, 7_000), variables: JSON.stringify(variables).slice(0, 3_000) }).toString();
}

/** What is no operation: bodies that are broken, other paths, feeds, and sockets that say something else. */
function other(caller: string, random: Random): Drawn {
  const base = { caller, headers: {}, path: '/graphql', body: Buffer.alloc(0) };
  switch (random.int(0, 6)) {
    case 0:
      return {
        ...base,
        what: 'a feed',
        way: 'feed',
        path: `/projects/${random.pick(['shop', 'nope', '%00', 'x'.repeat(300)])}/changes?${random.pick(CHANGES)}`,
      };
    case 1:
      return {
        ...base,
        what: 'a broken body',
        way: 'post',
        body: random.pick([
          Buffer.from('{"query": "{'),
          Buffer.from([0x7b, 0xff, 0x7d]),
          Buffer.from('{"query":"{ a }","query":"{ b }"}'),
          Buffer.from('[{"query":"{ __typename }"}]'),
          Buffer.from('null'),
          Buffer.from('"x"'),
          Buffer.from('1e999'),
          Buffer.from('[['.repeat(50_000)),
        ]),
      };
    case 2:
      return {
        ...base,
        what: 'another path',
        way: 'get',
        path: random.pick([
          '/health/ready',
          '/health/live',
          '/metrics',
          '/nope',
          '/explorer/options.js',
          '/explorer/../../package.json',
          '/graphql',
          `/${'a'.repeat(5_000)}`,
        ]),
      };
    case 3:
      return {
        ...base,
        what: 'odd headers',
        way: 'post',
        body: Buffer.from('{"query":"{ __typename }"}'),
        headers: {
          'content-type': random.pick([
            'text/plain',
            'application/json; charset=latin1',
            'multipart/form-data; boundary=x',
            'application/x-www-form-urlencoded',
            '',
          ]),
          accept: random.pick(ACCEPTS),
          'x-request-id': 'x'.repeat(random.int(1, 100)),
        },
      };
    case 4:
      return { ...base, what: 'a socket with much to say', way: 'socket', body: Buffer.from('x'.repeat(random.int(1, 400_000))) };
    case 5:
      return {
        ...base,
        what: 'no HTTP',
        way: 'raw',
        body: Buffer.from(
          random.pick([
            'what?\r\n\r\n',
            `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
            'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
            'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
          ]),
        ),
      };
    default:
      return {
        ...base,
        what: 'a persisted query',
        way: 'post',
        body: Buffer.from(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: random.pick(WORLD.names) } } })),
      };
  }
}
