import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { projections } from '../projections';
import { PROJECTION_VERSION } from '../projections/version';
import { Reader } from '../projections/reader';
import { buildExperienceSchema } from '../schema/build';
import type { Context } from '../schema/context';
import { Loaders } from '../schema/loaders';
import { may } from '../schema/permissions';
import { ALL_PROJECTS } from './application/caller';
import { BrokenHistories } from './application/broken-histories';
import { Executor } from './application/executor';
import { StoreHealth } from './application/store-health';
import { AsOf } from './audit/as-of';
import { createDigests } from './audit/digest';
import { HeadLog } from './audit/head-log';
import { scheduleHeads } from './audit/head-schedule';
import { HeadSigner } from './audit/head-signer';
import { History } from './audit/history';
import { schemaVersions } from './domain/decider';
import { createUpcaster, showing } from './event-store/upcast';
import { Feed } from './feed/feed';
import { authenticator } from './http/authentication';
import { watchClocks } from './clocks';
import { clockCheck } from './http/clock-check';
import { eventStoreCheck } from './http/event-store-check';
import { feedMetrics } from './http/feed-metrics';
import { stoppingCheck } from './http/health';
import { historyCheck } from './http/history-check';
import { readModelCheck } from './http/read-model-check';
import { LedgerMetrics } from './http/ledger-metrics';
import { Metrics } from './http/metrics';
import { openTrust } from './http/open-trust';
import { buildServer } from './http/server';
import { watchDescriptors } from './files/descriptors';
import { fold } from './projector/fold';
import { timedReadModel, timedStore } from './http/timed-stores';
import { observers } from './projector/observers';
import { ReadSide } from './projector/read-side';
import { createMemoryReadModel } from './read-model/memory';
import type { Projection } from './read-model/projection';
import type { Settings } from './settings';
import { identityOf, keepPrivate, openEventStore, openReadModels } from './stores';

/** How long a mutation, or a query with `atLeast`, waits for the read model, in milliseconds. */
const READ_YOUR_WRITES = 2_000;
/** How long a command may take before its caller is told that its outcome is unknown, in milliseconds. */
const COMMAND_TIMEOUT_MS = 10_000;

export interface Running {
  readonly url: string;
  /** An admin's, made by the first start alone; it is kept nowhere. */
  readonly firstToken?: string;
  /**
   * Resolves when queries show the history that was there. Before, it listens already: commands are carried out and answered `Accepted`, queries are
   * refused as unavailable, and /health/ready says how far it is. Rejects if it is stopped meanwhile.
   */
  readonly ready: Promise<void>;
  /**
   * Answers what is under way, then lets go of everything. Nothing that was acknowledged is lost. `drainSeconds`: goes on serving for so long
   * before, and is not ready meanwhile, so that what is in front of it sends requests elsewhere.
   */
  stop(drainSeconds?: number): Promise<void>;
}

export interface StartOptions {
  readonly logger: Logger;
  /** Another schema than the product's: a benchmark adds what it compares with. */
  readonly schema?: GraphQLSchema;
  /** Other projections, and their version. */
  readonly projected?: { readonly projections: readonly Projection[]; readonly version: string };
}

const PRODUCT = { projections, version: PROJECTION_VERSION };

/** Puts the parts together and runs them. The only place that knows every part. What was opened is closed again if it cannot start. */
export async function start(
  settings: Settings,
  { logger, schema = buildExperienceSchema(), projected = PRODUCT }: StartOptions,
): Promise<Running> {
  const opened: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    while (opened.length > 0) await opened.pop()?.();
  };
  try {
    const metrics = new Metrics();
    const ledger = new LedgerMetrics(metrics.registry);
    for (const remark of await keepPrivate(settings)) logger.warn(remark);
    const health = new StoreHealth();
    const openedStore = await openEventStore(settings, { onCut: () => ledger.subscriptionCut() });
    const store = timedStore(openedStore, (operation, outcome, seconds, error) => {
      ledger.store('event_store')(operation, outcome, seconds);
      health.observe(operation, error);
    });
    opened.push(() => store.close());
    const unwatch = watchDescriptors((code) =>
      logger.error(
        { code },
        'no file descriptor is left, so connections are closed at once: raise the limit (ulimit -n) or lower SUBSCRIPTION_LIMIT',
      ),
    );
    opened.push(async () => unwatch());
    const { trust, firstToken } = await openTrust(settings.authentication, settings.dataDir, logger);
    const upcast = createUpcaster(schemaVersions, [], new Set());
    const feed: Feed = new Feed({
      read: (projectId, from, limit) => store.read(projectId, from, limit),
      checkpoint: async (projectId) => (await readSide.readModel.standings([projectId]))[0],
      shown: (projectId) => readSide.shown(projectId),
      heartbeat: settings.feeds.heartbeatSeconds * 1_000,
      stall: settings.feeds.stallSeconds * 1_000,
      subscriptions: { all: settings.feeds.subscriptions, perOwner: settings.feeds.subscriptionsPerToken },
      observer: {
        ...feedMetrics(metrics.registry, () => feed.size),
        failed: (error) => logger.error({ err: error }, 'history could not be read for a change feed'),
      },
    });
    const { generations, leases } = await openReadModels(settings, identityOf(store));
    const readSide = new ReadSide({
      ...projected,
      generations,
      leases,
      store,
      upcast,
      log: logger,
      observer: observers(ledger.projection(), feed),
      keep: settings.generationKeptHours * 3_600_000,
      around: (readModel) => timedReadModel(readModel, ledger.store('read_model')),
    });
    ledger.watch(() => readSide.status());
    const newestMs = () => readSide.status()?.shownUntil;
    const clocks = await watchClocks({ store, generations, allowDifference: settings.allowClockDifference, newestMs, logger });
    opened.push(() => clocks.stop());
    ledger.watchAhead(() => clocks.ahead.aheadMs / 1_000);
    opened.push(() => readSide.stop());
    const understand = showing(upcast);
    const executor = new Executor({
      store,
      upcast,
      limits: settings.limits,
      get appendLimitBytes() {
        return store.appendLimit;
      },
      clock: Date.now,
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
      queueLimit: settings.queueLimit,
      projectsKept: settings.projectsKept,
      observe: ledger.commands(),
    });
    opened.push(() => executor.close(settings.stopSeconds * 1_000));
    const brokenHistories = new BrokenHistories(logger);
    ledger.watchHistories(() => brokenHistories.all().length);
    const history = new History({ store, readModel: readSide.readModel, upcast });
    const asOf = new AsOf({
      read: (projectId, from, limit) => store.read(projectId, from, limit),
      fold: (events, revision, past) => fold(events, revision, { readModel: past, projections: projected.projections, upcast }),
      empty: createMemoryReadModel,
      bytes: settings.asOfMemory * 2 ** 20,
    });
    const reader = new Reader(readSide.readModel);
    const heads = new HeadSigner({ store, log: HeadLog.in(settings.dataDir), dataDir: settings.dataDir, clock: Date.now });
    opened.push(scheduleHeads(heads, settings.headsSignMinutes, logger));
    const digest = createDigests(
      readSide.readModel,
      projected.projections.map(({ collection }) => collection),
    );
    const progress: Context['progress'] = {
      reached: (projectId, revision) => readSide.reached(projectId, revision, READ_YOUR_WRITES),
      staleSince: (projectId) => readSide.parked(projectId)?.since,
      differs: (projectId) => readSide.parked(projectId)?.reason === 'HISTORY_DIFFERS',
    };
    const server = await buildServer<Context>({
      schema,
      context: (caller, requestId, answer, onFeedEnded) => ({
        requestId,
        caller,
        reportError: (error, message) => logger.error({ err: error, requestId }, message),
        answer,
        execute: async (submission) => {
          clocks.guard.assertMayWrite();
          return brokenHistories.during(submission.projectId, executor.execute(submission));
        },
        loadProject: (projectId) => brokenHistories.during(projectId, executor.loadProject(projectId)),
        limits: settings.limits,
        reader,
        progress,
        loaders: new Loaders(reader),
        history,
        asOf: (projectId, place) => asOf.at(projectId, place),
        maintenance: readSide,
        digest,
        heads,
        feed,
        onFeedEnded,
        understand,
        projectLimit: settings.projectLimit,
      }),
      authenticate: authenticator(trust),
      readiness: () => {
        brokenHistories.recheck(executor.loadProject);
        return [
          readModelCheck(readSide, settings.readyLagMs),
          eventStoreCheck(health.failing()),
          historyCheck(brokenHistories.all()),
          clockCheck(clocks.guard.problem),
          stoppingCheck(stopping !== undefined),
        ];
      },
      metrics,
      feed,
      socketLimit: settings.feeds.subscriptions,
      socketsPerToken: settings.feeds.subscriptionsPerToken,
      mayFollow: (caller, projectId) => may(caller, 'subscribe', projectId),
      understand,
      starting: () => readSide.status()?.serving !== true,
      mayReadMetrics: ({ grants }) => grants.get(ALL_PROJECTS)?.has('admin') ?? false,
      logger,
      ...settings,
    });
    opened.push(() => server.stop());

    const url = await server.listen(settings.host, settings.port);
    logger.info({ url }, 'listening');
    const ready = readSide
      .start(({ done, total, perSecond }) => logger.info({ done, total, perSecond }, 'building the read models'))
      .then(() => {
        logger.info({ url }, 'ready');
        clocks.ahead.look();
      });
    // Whoever does not wait for it hears of it by the log and /health/ready.
    ready.catch(() => {});
    const stop = async (drainSeconds: number): Promise<void> => {
      logger.info({ drainSeconds }, 'stopping');
      await sleep(drainSeconds * 1_000);
      await close();
      logger.info('stopped');
    };
    return {
      url,
      ready,
      ...(firstToken === undefined ? {} : { firstToken }),
      stop: (drainSeconds = 0) => (stopping ??= stop(drainSeconds)),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
