import { InvalidSettings } from '../src/invalid-settings';
import { assertUsersAreShared, readSettings } from '../src/settings';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof InvalidSettings) return error.problems;
    throw error;
  }
  throw new Error('the settings were taken');
}

test('an empty environment is enough', () => {
  const settings = readSettings({});
  expect(settings).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    eventStore: { kind: 'sqlite', directory: settings.dataDir },
    readModel: { kind: 'memory' },
    headsSignMinutes: 60,
    authentication: { kind: 'local' },
    limits: { keys: 500, segments: 1_000 },
    feeds: { heartbeatSeconds: 15, stallSeconds: 30, subscriptions: 10_000, subscriptionsPerToken: 100 },
    logLevel: 'info',
  });
  expect(settings.dataDir).toBe(`${process.cwd()}/data`);
});

test('what is set is taken, and an empty variable counts as not set', () => {
  const settings = readSettings({
    HOST: '0.0.0.0',
    PORT: '0',
    DATA_DIR: '/var/ledger',
    KEY_LIMIT: '20',
    AS_OF_MEMORY: '64',
    HEADS_SIGN_MINUTES: '0',
    GOAL_LIMIT: '',
    FEED_HEARTBEAT_SECONDS: '5',
    SUBSCRIPTIONS_PER_TOKEN: '3',
    CORS_ORIGINS: 'https://a.example, http://localhost:3000',
    LOG_LEVEL: 'debug',
  });
  expect(settings).toMatchObject({
    host: '0.0.0.0',
    port: 0,
    eventStore: { kind: 'sqlite', directory: '/var/ledger' },
    limits: { keys: 20, goals: 500 },
    feeds: { heartbeatSeconds: 5, subscriptionsPerToken: 3 },
    asOfMemory: 64,
    headsSignMinutes: 0,
    corsOrigins: ['https://a.example', 'http://localhost:3000'],
    logLevel: 'debug',
  });
  expect(readSettings({ EVENT_STORE: 'sqlite:/tmp/other' }).eventStore).toEqual({ kind: 'sqlite', directory: '/tmp/other' });
  expect(readSettings({ EVENT_STORE: 'memory:' }).eventStore).toEqual({ kind: 'memory' });
  const url = 'kurrentdb://user:secret@one:2113,two?tls=false';
  expect(readSettings({ EVENT_STORE: url }).eventStore).toEqual({ kind: 'kurrentdb', url });
  expect(readSettings({ READ_MODEL: 'rediss://:secret@cache:7000/2' }).readModel).toEqual({
    kind: 'redis',
    address: {
      topology: 'single',
      tls: true,
      hosts: [{ host: 'cache', port: 7_000 }],
      password: 'secret',
      database: 2,
      prefix: 'experience-ledger',
    },
  });
});

test('settings cannot be changed afterwards, at any depth', () => {
  const settings = readSettings({});
  expect(() => Object.assign(settings.limits, { keys: 1 })).toThrow(TypeError);
  expect(() => Object.assign(settings, { port: 1 })).toThrow(TypeError);
});

test.each([
  ['PORT', 'http', /^PORT is "http", but must be a whole number from 0 to 65535\.$/],
  ['PORT', '70000', /from 0 to 65535/],
  ['PORT', '-1', /from 0 to 65535/],
  ['PORT', '80.5', /from 0 to 65535/],
  ['HOST', 'my host', /must be a host name or an IP address/],
  ['KEY_LIMIT', '0', /from 1 to 100000/],
  ['HEADS_SIGN_MINUTES', 'hourly', /from 0 to 525600/],
  ['LOG_LEVEL', 'loud', /must be one of trace, debug, info, warn, error, fatal, silent/],
  ['CORS_ORIGINS', 'https://a.example/app', /list of origins such as/],
  ['CORS_ORIGINS', 'a.example', /list of origins such as/],
  ['EVENT_STORE', 'postgres://db', /this version knows only sqlite:, memory:/],
  ['EVENT_STORE', 'ledger.db', /this version knows only sqlite:, memory:/],
  ['EVENT_STORE', 'kurrentdb://', /^EVENT_STORE is "kurrentdb:\/\/", but must look like kurrentdb:/],
  ['EVENT_STORE', 'kurrentdb://db?gossipTimeout=5', /must not have the option "gossipTimeout"/],
  ['EVENT_STORE', 'constructor:', /this version knows only/],
  ['READ_MODEL', 'memcached://cache', /this version knows only memory:, redis:, rediss:, redis\+cluster:/],
  ['READ_MODEL', 'redis://cache/first', /must be redis:\/\/.*, with the database as a number/],
  ['READ_MODEL', 'redis+sentinel://cache', /with the name that Sentinel has for the master/],
])('%s=%s stops the start and says what is allowed', (name, value, message) => {
  expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(message)]);
});

test('every problem is reported at once', () => {
  expect(problemsOf({ PORT: 'a', KEY_LIMIT: 'b', LOG_LEVEL: 'c' })).toHaveLength(3);
});

test('a password in a URL is not shown', () => {
  expect(problemsOf({ READ_MODEL: 'redis://admin:hunter2@cache:port' })[0]).toMatch(/^READ_MODEL is "redis:\/\/\*\*\*@cache:port"/);
  expect(problemsOf({ READ_MODEL: 'redis://admin:hun/t@er2@cache:6379' })[0]).not.toMatch(/hun|er2/);
});

test('an identity provider needs all three of its settings, and https unless it is on this machine', () => {
  const given = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'ledger' };
  expect(readSettings(given).authentication).toEqual({
    kind: 'jwks',
    url: new URL('https://id.example/jwks'),
    issuer: 'https://id.example',
    audience: 'ledger',
  });
  expect(readSettings({ ...given, AUTH_JWKS_URL: 'http://localhost:8080/jwks' }).authentication.kind).toBe('jwks');
  expect(problemsOf({ AUTH_JWKS_URL: given.AUTH_JWKS_URL })).toEqual([expect.stringMatching(/go together/)]);
  expect(problemsOf({ AUTH_AUDIENCE: 'ledger' })).toEqual([expect.stringMatching(/go together/)]);
  expect(problemsOf({ ...given, AUTH_JWKS_URL: 'http://id.example/jwks' })[0]).toMatch(/must be an https: URL/);
});

describe('users of instances that share a ledger', () => {
  const SHARED = { EVENT_STORE: 'kurrentdb://localhost:2113?tls=false', READ_MODEL: 'redis://localhost' };
  const BOTH = { USER_STORE: 'redis://localhost:6380', OBSERVATIONS: 'clickhouse://localhost' };
  const given = (environment: Readonly<Record<string, string | undefined>>) => () => assertUsersAreShared(readSettings(environment));

  test.each([
    ['files on KurrentDB and Redis', SHARED],
    ['a Redis for users, and files of what they did', { ...SHARED, USER_STORE: BOTH.USER_STORE }],
    ['the same on a ledger in a file', { USER_STORE: BOTH.USER_STORE }],
  ])('%s are refused, unless there is one instance', (_what, environment) => {
    expect(given(environment)).toThrow('SINGLE_INSTANCE=true');
    expect(given({ ...environment, SINGLE_INSTANCE: 'true' })).not.toThrow();
  });

  test('both stores over the network are taken, and files with a ledger in a file', () => {
    for (const environment of [{ ...SHARED, ...BOTH }, {}, { READ_MODEL: 'redis://localhost' }]) expect(given(environment)).not.toThrow();
  });
});
