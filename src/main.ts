import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { projections, PROJECTION_VERSION } from '../projections';
import { buildExperienceSchema } from '../schema/build';
import { ActorNames } from './actors/actor-names';
import { StoreHealth } from './application/store-health';
import { HeadLog } from './audit/head-log';
import { scheduleHeads } from './audit/head-schedule';
import { HeadSigner } from './audit/head-signer';
import { watchClocks } from './clocks';
import { openReadSide } from './composition/read-side';
import { openServing } from './composition/serving';
import { openSignIn, openActorNames } from './composition/sign-in';
import { buildWeb, dashboardSource } from './composition/web';
import { openWriteSide } from './composition/write-side';
import { schemaVersions, upcasts } from './domain/decider';
import type { Folded } from './domain/project-state';
import { OutcomeUnknown, StoreUnavailable } from './event-store/event-store';
import { createUpcaster } from './event-store/upcast';
import { watchDescriptors } from './files/descriptors';
import { Dashboard } from './http/dashboard/dashboard';
import { LedgerMetrics } from './http/ledger-metrics';
import { Metrics } from './http/metrics';
import { signInLink } from './http/first-steps';
import { openTrust } from './http/authentication';
import { timedStore } from './http/timed-stores';
import { observers } from './projector/status';
import type { Projection } from './read-model/projection';
import type { Settings } from './settings';
import { keepPrivate, openEventStore } from './stores';

export interface Running {
  readonly url: string;
  /** An admin's, made by the first start alone; it is kept nowhere. */
  readonly firstToken?: string;
  /** Opens the dashboard once, signed in as an admin, within 15 minutes; of the first start alone. */
  readonly firstLink?: string;
  /**
   * Resolves when queries show the history that was there. Before, it listens already: commands are carried out and answered `Accepted`, queries are
   * refused as unavailable, and /health/ready says how far it is. Rejects if it is stopped meanwhile.
   */
  readonly ready: Promise<void>;
  /**
   * Answers what is under way, then frees every resource. Nothing that was acknowledged is lost. `drainSeconds`: goes on serving for so long
   * before, and is not ready meanwhile, so that what is in front of it sends requests elsewhere.
   */
  stop(drainSeconds?: number): Promise<void>;
}

export interface StartOptions {
  readonly logger: Logger;
  /** Another schema than the product's: a benchmark adds what it compares with. */
  readonly schema?: GraphQLSchema;
  /** UTC milliseconds: of what is stored. A test or a sample may play another time, which no earlier time may follow. */
  readonly clock?: () => number;
  /** Builds the dashboard at once, not for its first visitor. */
  readonly buildsDashboard?: boolean;
  /** Other projections, and their version. */
  readonly projected?: { readonly projections: readonly Projection[]; readonly version: string };
}

const PRODUCT = { projections, version: PROJECTION_VERSION };

/** Puts the parts together and runs them. What was opened is closed again if it cannot start. */
export async function start(
  settings: Settings,
  { logger, schema = buildExperienceSchema(), buildsDashboard = false, clock = Date.now, projected = PRODUCT }: StartOptions,
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
    const health = new StoreHealth((error) => error instanceof StoreUnavailable || error instanceof OutcomeUnknown);
    const openedStore = await openEventStore(settings, { onCut: () => ledger.subscriptionCut() });
    const measured = ledger.store('event_store');
    const store = timedStore(openedStore, (operation, outcome, seconds, error) => {
      measured(operation, outcome, seconds);
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
    const upcast = createUpcaster(schemaVersions, upcasts, new Set());
    const serving = await openServing({ settings, store, upcast, logger, ledger, clock });
    opened.push(() => serving.close());
    const reads = await openReadSide({
      settings,
      store,
      upcast,
      projected,
      metrics,
      ledger,
      logger,
      observer: observers(serving.rulesets, serving.changes, serving.counters),
    });
    const { readSide, generations } = reads;
    const newestMs = () => readSide.status()?.shownUntil;
    const clocks = await watchClocks({ store, generations, allowDifference: settings.allowClockDifference, newestMs, logger });
    opened.push(() => clocks.stop());
    ledger.watchAhead(() => clocks.ahead.aheadMs / 1_000);
    opened.push(() => readSide.stop());
    const onFolded = (folded: readonly Folded[]) => serving.rulesets.folded(folded);
    const writes = openWriteSide({ settings, store, upcast, clocks, ledger, logger, clock, onFolded });
    opened.push(() => writes.close());
    const heads = new HeadSigner({ store, log: HeadLog.in(settings.dataDir), dataDir: settings.dataDir, clock: Date.now });
    opened.push(scheduleHeads(heads, settings.headsSignMinutes, logger));
    const actorNames = new ActorNames(await openActorNames(settings, () => store.ledgerId()), logger);
    opened.push(() => actorNames.close());
    const isStopping = () => stopping !== undefined;
    const signIn = settings.dashboard ? await openSignIn(settings, trust, logger, (caller) => actorNames.learn(caller)) : undefined;
    if (signIn !== undefined) opened.push(() => signIn.access.sessions.close());
    const dashboard = settings.dashboard ? new Dashboard(dashboardSource(), logger) : undefined;
    const server = await buildWeb({
      settings,
      schema,
      trust,
      reads,
      writes,
      serving,
      actorNames,
      heads,
      health,
      dashboard,
      signIn,
      clocks,
      metrics,
      logger,
      isStopping,
    });
    opened.push(() => server.stop());

    const url = await server.listen(settings.host, settings.port);
    const firstCode = firstToken === undefined ? undefined : await signIn?.issueCode();
    logger.info({ url }, 'listening');
    if (buildsDashboard) void dashboard?.start();
    const ready = readSide
      .start(({ done, total, perSecond }) => logger.info({ done, total, perSecond }, 'building the read models'))
      .then(() => {
        logger.info({ url }, 'ready');
        clocks.ahead.look();
      });
    // A caller that does not wait for it learns of a failure from the log and /health/ready.
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
      ...(firstCode === undefined ? {} : { firstLink: signInLink(settings.publicUrl?.origin ?? url, firstCode) }),
      stop: (drainSeconds = 0) => (stopping ??= stop(drainSeconds)),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
