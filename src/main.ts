import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { projections } from '../projections';
import { Reader } from '../projections/reader';
import { buildExperienceSchema } from '../schema/build';
import type { Context } from '../schema/context';
import { Loaders } from '../schema/loaders';
import { may } from '../schema/permissions';
import { ALL_PROJECTS } from './application/caller';
import { Executor } from './application/executor';
import { AsOf } from './audit/as-of';
import { schemaVersions } from './domain/project';
import type { EventStore } from './event-store/event-store';
import { KurrentEventStore } from './event-store/kurrentdb';
import { MemoryEventStore } from './event-store/memory';
import { SqliteEventStore } from './event-store/sqlite';
import { createUpcaster, showing } from './event-store/upcast';
import { Feed } from './feed/feed';
import { authenticator, type Trust } from './http/authentication';
import { feedMetrics } from './http/feed-metrics';
import type { Check } from './http/health';
import { LedgerMetrics } from './http/ledger-metrics';
import { Metrics } from './http/metrics';
import { openSecret } from './http/secret';
import { buildServer } from './http/server';
import { issueToken } from './http/tokens';
import { fold } from './projector/fold';
import { observers } from './projector/observers';
import { Projector } from './projector/projector';
import { createMemoryReadModel } from './read-model/memory';
import type { ReadModel } from './read-model/read-model';
import type { Settings } from './settings';

/** How long a mutation, or a query with `atLeast`, waits for the read model, in milliseconds. */
const READ_YOUR_WRITES = 2_000;
/** How long a command may take before its caller is told that its outcome is unknown, in milliseconds. */
const PATIENCE = 10_000;
const FIRST_TOKEN_DAYS = 30;

export interface Running {
  readonly url: string;
  /** An admin's, made by the first start alone; it is kept nowhere. */
  readonly firstToken?: string;
  /** Answers what is under way, then lets go of everything. Nothing that was acknowledged is lost. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly logger: Logger;
  /** Another schema than the product's: a benchmark adds what it compares with. */
  readonly schema?: GraphQLSchema;
}

/** Puts the parts together and runs them. The only place that knows every part. What was opened is closed again if it cannot start. */
export async function start(settings: Settings, { logger, schema = buildExperienceSchema() }: StartOptions): Promise<Running> {
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    while (opened.length > 0) await opened.pop()?.();
  };
  try {
    const store = await openEventStore(settings);
    opened.push(() => store.close());
    const { trust, firstToken } = await trusted(settings, logger);
    const metrics = new Metrics();
    const ledger = new LedgerMetrics(metrics.registry);
    const upcast = createUpcaster(schemaVersions, [], new Set());
    const readModel = await openReadModel(settings);
    opened.push(() => readModel.close());
    const feed: Feed = new Feed({
      read: (projectId, from, limit) => store.read(projectId, from, limit),
      checkpoint: (projectId) => readModel.checkpoint(projectId),
      heartbeat: settings.feeds.heartbeatSeconds * 1_000,
      stall: settings.feeds.stallSeconds * 1_000,
      subscriptions: { all: settings.feeds.subscriptions, perOwner: settings.feeds.subscriptionsPerToken },
      observer: {
        ...feedMetrics(metrics.registry, () => feed.size),
        failed: (error) => logger.error({ err: error }, 'history could not be read for a change feed'),
      },
    });
    const observer = observers(ledger.projection(), feed);
    const projector = new Projector({ store, readModel, projections, upcast, log: logger, observer });
    ledger.countParked(() => projector.status().parked.length);
    opened.push(() => projector.stop());
    const executor = new Executor({
      store,
      upcast,
      limits: settings.limits,
      appendLimit: store.appendLimit,
      clock: Date.now,
      patience: PATIENCE,
      queueLimit: settings.queueLimit,
      projectsKept: settings.projectsKept,
      observe: ledger.commands(),
    });
    opened.push(() => executor.close(settings.stopSeconds * 1_000));
    const reader = new Reader(readModel);
    const asOf = new AsOf({
      read: (projectId, from) => store.read(projectId, from),
      fold: (events, revision, past) => fold(events, revision, { readModel: past, projections, upcast }),
      empty: createMemoryReadModel,
      bytes: settings.asOfMemory * 2 ** 20,
    });
    const progress: Context['progress'] = {
      reached: (projectId, revision) => projector.reached(projectId, revision, READ_YOUR_WRITES),
      staleSince: (projectId) => projector.parked(projectId)?.since,
    };
    const server = await buildServer<Context>({
      schema,
      context: (caller, requestId) => ({
        requestId,
        caller,
        execute: executor.execute,
        consult: executor.consult,
        limits: settings.limits,
        reader,
        progress,
        loaders: new Loaders(reader),
        asOf: (projectId, place) => asOf.at(projectId, place),
        projectLimit: settings.projectLimit,
      }),
      authenticate: authenticator(trust),
      readiness: () => [readModelCheck(projector)],
      metrics,
      feed,
      mayFollow: (caller, projectId) => may(caller, 'subscribe', projectId),
      understand: showing(upcast),
      mayReadMetrics: ({ grants }) => grants.get(ALL_PROJECTS)?.has('admin') ?? false,
      logger,
      ...settings,
    });
    opened.push(() => server.stop());

    await projector.start(({ done, total, perSecond }) => logger.info({ done, total, perSecond }, 'building the read models'));
    const url = await server.listen(settings.host, settings.port);
    logger.info({ url }, 'ready');
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      logger.info('stopping');
      await close();
      logger.info('stopped');
    };
    return { url, ...(firstToken === undefined ? {} : { firstToken }), stop: () => (stopping ??= stop()) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openEventStore({ eventStore }: Settings): Promise<EventStore> {
  switch (eventStore.kind) {
    case 'sqlite':
      return new SqliteEventStore(eventStore.directory);
    case 'memory':
      return new MemoryEventStore();
    case 'kurrentdb':
      return KurrentEventStore.open(eventStore.url);
  }
}

async function openReadModel({ readModel }: Settings): Promise<ReadModel> {
  switch (readModel.kind) {
    case 'memory':
      return createMemoryReadModel();
    case 'redis': {
      // Loaded here, since its client takes a good part of the start. `require`: `import()` would stay an ES import in our CommonJS output.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { RedisReadModel } = require('./read-model/redis') as typeof import('./read-model/redis');
      return RedisReadModel.open(readModel.address);
    }
  }
}

/** Whose tokens are believed, and the admin's token if this is the first start with a secret of our own. */
async function trusted(
  { authentication, dataDir }: Settings,
  logger: Logger,
): Promise<{ readonly trust: Trust; readonly firstToken?: string }> {
  if (authentication.kind === 'jwks') return { trust: authentication };
  const secret = await openSecret(dataDir);
  if (secret.exposed) logger.warn({ file: secret.file }, 'others on this machine can read the secret: chmod 600 it');
  const trust: Trust = { kind: 'local', secret: secret.bytes };
  if (!secret.created) return { trust };
  const ttl = FIRST_TOKEN_DAYS * 24 * 3_600_000;
  return {
    trust,
    firstToken: await issueToken(secret.bytes, { subject: 'admin', kind: 'user', roles: { [ALL_PROJECTS]: ['admin'] }, ttl }),
  };
}

function readModelCheck(projector: Projector): Check {
  const { state, parked, lastError } = projector.status();
  const ok = state === 'live' && parked.length === 0;
  if (ok) return { name: 'read model', ok, detail: 'up to date' };
  if (parked.length > 0) {
    const kinds = [...new Set(parked.map(({ reason }) => reason))].join(', ');
    return {
      name: 'read model',
      ok,
      detail: `${parked.length} projects stand still at an event that could not be taken (${kinds}); the log says which`,
    };
  }
  return { name: 'read model', ok, detail: lastError === undefined ? state : `${state}: see the log` };
}
