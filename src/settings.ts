import { resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_LIMITS, type LimitedKind, type Limits } from './domain/limits';
import { PLURALS, type PluralKind } from './domain/project-state';
import { InvalidKurrentUrl, KURRENT_SCHEMES, kurrentUrl } from './event-store/kurrentdb-url';
import { InvalidSettings } from './invalid-settings';
import { parseClickHouseUrl } from './observations/clickhouse-http';
import { InvalidRedisAddress, parseRedisAddress, REDIS_SCHEMES, type RedisAddress } from './redis/address';
import { type AuthenticationSetting, readAuthentication } from './authentication-setting';
import { masked, oneOf, origins, publicUrl, trueOrFalse, wholeNumber } from './setting-values';

export type EventStoreSetting =
  | { readonly kind: 'sqlite'; readonly directory: string }
  | { readonly kind: 'memory' }
  | { readonly kind: 'kurrentdb'; readonly url: string };
export type ReadModelSetting = { readonly kind: 'memory' } | { readonly kind: 'redis'; readonly address: RedisAddress };
/** Where what is known of users is kept: as `openUserStore` and `openObservations` take it. */
export type UserDataSetting = string;

/** Everything that an operator can decide, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly eventStore: EventStoreSetting;
  readonly readModel: ReadModelSetting;
  readonly userStore: UserDataSetting;
  readonly observations: UserDataSetting;
  /** Whether the operator says that no other instance shares the stores. */
  readonly singleInstance: boolean;
  /** How long observations are kept, in days. */
  readonly observationsKeptDays: number;
  /** How old a user event may be when it is sent, in days. */
  readonly lateDays: number;
  readonly authentication: AuthenticationSetting;
  readonly limits: Limits;
  /** How many projects the instance may hold. */
  readonly projectLimit: number;
  /** How many commands may wait for one project. */
  readonly queueLimit: number;
  /** How many projects' states are kept in memory while nothing is written to them. */
  readonly projectsKept: number;
  /** About how much memory may hold snapshots of projects as they were, in MiB. */
  readonly asOfMemory: number;
  /** What one GraphQL document may ask for. */
  readonly query: { readonly depth: number; readonly tokens: number; readonly aliases: number; readonly cost: number };
  /** Bytes of one request's body. */
  readonly bodyLimitBytes: number;
  /** Requests a minute for values and events. */
  readonly rateLimits: { readonly perClient: number; readonly perToken: number };
  /** How often the heads that moved are signed, in minutes; 0: never by itself. */
  readonly headsSignMinutes: number;
  /** Whether the browser application is served. */
  readonly dashboard: boolean;
  /** Where browsers find the server; undefined: where they say that they found it. */
  readonly publicUrl: URL | undefined;
  readonly corsOrigins: readonly string[];
  /** How many reverse proxies in front are trusted to say the client's address. */
  readonly trustedProxies: number;
  /** How long read models that were replaced are kept, to go back to, in hours. */
  readonly generationKeptHours: number;
  /** How late what is written may be shown before the instance says that it is not ready, in milliseconds. */
  readonly readyLagMs: number;
  /** How long an instance that is to stop goes on serving while it says that it is not ready, in seconds. */
  readonly drainSeconds: number;
  /** How long a stop waits for requests under way, in seconds. */
  readonly stopSeconds: number;
  /** What change feeds may take; the numbers of subscriptions are also those of their sockets. */
  readonly feeds: {
    readonly heartbeatSeconds: number;
    /** How long a subscriber may leave unread what there is. */
    readonly stallSeconds: number;
    readonly subscriptions: number;
    readonly subscriptionsPerToken: number;
  };
  /** Whether an instance writes although its clock and that of a store differ by more than a day. */
  readonly allowClockDifference: boolean;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}

/** Stores by the scheme of their URL. An adapter that is added gets its line here and its construction in main.ts. */
const EVENT_STORES: Readonly<Record<string, (rest: string, dataDir: string) => EventStoreSetting>> = {
  sqlite: (rest, dataDir) => ({ kind: 'sqlite', directory: rest === '' ? dataDir : resolve(rest) }),
  memory: () => ({ kind: 'memory' }),
  ...Object.fromEntries(
    KURRENT_SCHEMES.map((scheme) => [scheme, (rest: string) => ({ kind: 'kurrentdb', url: kurrentUrl(`${scheme}:${rest}`) }) as const]),
  ),
};
const READ_MODELS: Readonly<Record<string, (rest: string, dataDir: string) => ReadModelSetting>> = {
  memory: () => ({ kind: 'memory' }),
  ...Object.fromEntries(
    REDIS_SCHEMES.map((scheme) => [scheme, (rest: string) => ({ kind: 'redis', address: parseRedisAddress(scheme, rest) }) as const]),
  ),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings; throws `InvalidSettings` with every problem at once. A variable that is empty counts as not set. */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const read = <T>(name: string, fallback: T, schema: z.ZodType<T, string>): T => {
    const given = environment[name]?.trim();
    if (given === undefined || given === '') return fallback;
    const parsed = schema.safeParse(given);
    if (parsed.success) return parsed.data;
    problems.push(`${name} is ${JSON.stringify(masked(given))}, but ${parsed.error.issues[0]?.message}.`);
    return fallback;
  };
  const count: Count = (name, fallback, least, most) => read(name, fallback, wholeNumber(least, most));

  const dataDir = resolve(read('DATA_DIR', './data', z.string()));
  const eventStore = read('EVENT_STORE', EVENT_STORES['sqlite']!('', dataDir), byScheme(EVENT_STORES, dataDir));
  // What a ledger in memory is tried with is gone with it.
  const usersByDefault = eventStore.kind === 'memory' ? 'memory:' : 'sqlite:';
  const observationsKeptDays = count('OBSERVATIONS_KEPT_DAYS', 400, 30, 3_650);
  const settings: Settings = {
    host: read('HOST', '127.0.0.1', z.string().regex(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an IP address')),
    port: count('PORT', 4000, 0, 65_535),
    dataDir,
    eventStore,
    readModel: read('READ_MODEL', { kind: 'memory' }, byScheme(READ_MODELS, dataDir)),
    userStore: read('USER_STORE', usersByDefault, userStore),
    observations: read('OBSERVATIONS', usersByDefault, observations),
    singleInstance: read('SINGLE_INSTANCE', false, trueOrFalse),
    observationsKeptDays,
    // Below the days that ids of events are kept: a repetition is recognised for as long as it is taken.
    lateDays: count('LATE_DAYS', 7, 1, 13),
    authentication: readAuthentication(read, problems),
    limits: {
      ...limitsByKind(count),
      observationsKeptDays,
      runningExperiments: count('RUNNING_EXPERIMENT_LIMIT', DEFAULT_LIMITS.runningExperiments, 1, 1_000),
    },
    projectLimit: count('PROJECT_LIMIT', 1_000, 1, 1_000_000),
    queueLimit: count('QUEUE_LIMIT', 1_000, 1, 100_000),
    projectsKept: count('PROJECTS_KEPT', 200, 1, 100_000),
    asOfMemory: count('AS_OF_MEMORY', 256, 1, 65_536),
    query: {
      depth: count('QUERY_DEPTH', 20, 5, 100),
      tokens: count('QUERY_TOKENS', 4_000, 500, 100_000),
      aliases: count('QUERY_ALIASES', 100, 1, 10_000),
      cost: count('QUERY_COST', 20_000, 100, 10_000_000),
    },
    bodyLimitBytes: count('BODY_LIMIT', 1_048_576, 1_024, 16_777_216),
    rateLimits: {
      perClient: count('RATE_LIMIT_PER_CLIENT', 1_200, 1, 10_000_000),
      perToken: count('RATE_LIMIT_PER_TOKEN', 600_000, 1, 100_000_000),
    },
    headsSignMinutes: count('HEADS_SIGN_MINUTES', 60, 0, 525_600),
    dashboard: read('DASHBOARD', true, trueOrFalse),
    publicUrl: read('PUBLIC_URL', undefined, publicUrl),
    corsOrigins: read('CORS_ORIGINS', [], origins),
    trustedProxies: count('TRUSTED_PROXIES', 0, 0, 10),
    generationKeptHours: count('GENERATION_KEPT_HOURS', 24, 0, 8_760),
    readyLagMs: count('READY_LAG_MS', 5_000, 100, 3_600_000),
    drainSeconds: count('DRAIN_SECONDS', 0, 0, 300),
    stopSeconds: count('STOP_SECONDS', 10, 0, 600),
    feeds: {
      heartbeatSeconds: count('FEED_HEARTBEAT_SECONDS', 15, 1, 300),
      stallSeconds: count('FEED_STALL_SECONDS', 30, 1, 600),
      subscriptions: count('SUBSCRIPTION_LIMIT', 10_000, 1, 1_000_000),
      subscriptionsPerToken: count('SUBSCRIPTIONS_PER_TOKEN', 100, 1, 100_000),
    },
    allowClockDifference: read('ALLOW_CLOCK_DIFFERENCE', false, trueOrFalse),
    logLevel: read('LOG_LEVEL', 'info', z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], oneOf)),
  };
  if (problems.length > 0) throw new InvalidSettings(problems);
  return deepFrozen(settings);
}

/** Throws `InvalidSettings` where several instances could share the ledger, and would each know some of the users only. */
export function assertUsersAreShared({ eventStore, readModel, userStore: users, observations: observed, singleInstance }: Settings): void {
  const couldBeShared = (eventStore.kind === 'kurrentdb' && readModel.kind === 'redis') || users.startsWith('redis');
  if (singleInstance || !couldBeShared || (users.startsWith('redis') && observed.startsWith('clickhouse'))) return;
  throw new InvalidSettings([
    'USER_STORE and OBSERVATIONS would be of this instance alone, although others can share its ledger: set a Redis and a ClickHouse, or SINGLE_INSTANCE=true if it is the only one.',
  ]);
}

/** An address as EVENT_STORE takes it; or, as a text, why it is none. */
export function eventStoreAt(address: string, dataDir: string): EventStoreSetting | string {
  const parsed = byScheme(EVENT_STORES, dataDir).safeParse(address);
  return parsed.success ? parsed.data : `${JSON.stringify(masked(address))} is no event store: ${parsed.error.issues[0]?.message}`;
}

type Count = (name: string, fallback: number, least: number, most: number) => number;

/** `KEY_LIMIT`, `SEGMENT_LIMIT` and so on. */
function limitsByKind(count: Count): Omit<Limits, 'runningExperiments'> {
  const kinds = (Object.keys(PLURALS) as PluralKind[]).filter((kind): kind is LimitedKind => PLURALS[kind] in DEFAULT_LIMITS);
  const limits = kinds.map((kind) => {
    return [PLURALS[kind], count(`${kind.toUpperCase()}_LIMIT`, DEFAULT_LIMITS[PLURALS[kind]], 1, 100_000)];
  });
  return Object.fromEntries(limits) as Omit<Limits, 'runningExperiments'>;
}

function byScheme<T>(table: Readonly<Record<string, (rest: string, dataDir: string) => T>>, dataDir: string): z.ZodType<T, string> {
  return z.string().transform((value, context) => {
    const [, scheme = '', rest = ''] = /^([a-z0-9+]+):(.*)$/s.exec(value) ?? [];
    const make = Object.hasOwn(table, scheme) ? table[scheme] : undefined;
    let message = `this version knows only ${Object.keys(table)
      .map((name) => `${name}:`)
      .join(', ')}`;
    try {
      if (make !== undefined) return make(rest, dataDir);
    } catch (error) {
      if (!(error instanceof InvalidRedisAddress || error instanceof InvalidKurrentUrl)) throw error;
      ({ message } = error);
    }
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

const ofThisProcess = z
  .string()
  .regex(/^(?:sqlite:.*|memory:)$/s, 'this version knows only sqlite: (a folder of its own in DATA_DIR), sqlite:DIRECTORY and memory:');

const observations: z.ZodType<UserDataSetting, string> = z.string().transform((url, context) => {
  if (ofThisProcess.safeParse(url).success || parseClickHouseUrl(url) !== undefined) return url;
  context.addIssue({
    code: 'custom',
    message: 'this version knows only sqlite:, sqlite:DIRECTORY, memory: and clickhouse://host:8123/database',
  });
  return z.NEVER;
});

const userStore: z.ZodType<UserDataSetting, string> = z.string().transform((url, context) => {
  const parsed = url.startsWith('redis') ? byScheme(READ_MODELS, '').safeParse(url) : ofThisProcess.safeParse(url);
  if (parsed.success) return url;
  context.addIssue({ code: 'custom', message: parsed.error.issues[0]?.message });
  return z.NEVER;
});

function deepFrozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') deepFrozen(part as object);
  return Object.freeze(value);
}
