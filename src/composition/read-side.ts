import type { Logger } from 'pino';
import { Reader } from '../../projections/reader';
import type { Context } from '../../schema/context';
import { AsOf } from '../audit/as-of';
import { createDigests } from '../audit/digest';
import { History } from '../audit/history';
import type { EventStore } from '../event-store/event-store';
import { showing, type Upcaster } from '../event-store/upcast';
import { Feed } from '../feed/feed';
import type { LedgerMetrics } from '../http/ledger-metrics';
import { type Metrics, feedMetrics } from '../http/metrics';
import { timedReadModel } from '../http/timed-stores';
import { fold } from '../projector/fold';
import { observers, type ProjectorObserver } from '../projector/status';
import { ReadSide } from '../projector/read-side';
import type { Generations } from '../read-model/generations';
import { createMemoryReadModel } from '../read-model/memory';
import type { Projection } from '../read-model/projection';
import type { Settings } from '../settings';
import { identityOf, openReadModels } from '../stores';

/** How long a mutation, or a query with `atLeast`, waits for the read model. */
const READ_YOUR_WRITES_MS = 2_000;

export interface ReadSideParts {
  readonly settings: Settings;
  readonly store: EventStore;
  readonly upcast: Upcaster;
  readonly projected: { readonly projections: readonly Projection[]; readonly version: string };
  readonly metrics: Metrics;
  readonly ledger: LedgerMetrics;
  readonly logger: Logger;
  /** Observes what the projector does, beside the metrics and the feeds. */
  readonly observer: ProjectorObserver;
}

/** What queries, history and feeds are answered from. */
export interface Reads extends Pick<Context, 'reader' | 'progress' | 'history' | 'asOf' | 'digest' | 'understand'> {
  readonly feed: Feed;
  readonly readSide: ReadSide;
  readonly generations: Generations;
}

export async function openReadSide({
  settings,
  store,
  upcast,
  projected,
  metrics,
  ledger,
  logger,
  observer,
}: ReadSideParts): Promise<Reads> {
  const read: EventStore['read'] = (projectId, from, limit) => store.read(projectId, from, limit);
  const feed: Feed = new Feed({
    read,
    checkpoint: async (projectId) => (await readSide.readModel.checkpointsOf([projectId]))[0],
    shown: (projectId) => readSide.shown(projectId),
    heartbeatMs: settings.feeds.heartbeatSeconds * 1_000,
    stallMs: settings.feeds.stallSeconds * 1_000,
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
    observer: observers(ledger.projection(), feed, observer),
    keepMs: settings.generationKeptHours * 3_600_000,
    around: (readModel) => timedReadModel(readModel, ledger.store('read_model')),
  });
  ledger.watch(() => readSide.status());
  const { readModel } = readSide;
  const asOf = new AsOf({
    read,
    fold: (events, revision, past) => fold(events, revision, { readModel: past, projections: projected.projections, upcast }),
    empty: createMemoryReadModel,
    bytes: settings.asOfMemory * 2 ** 20,
  });
  const collections = projected.projections.map(({ collection }) => collection);
  return {
    feed,
    readSide,
    generations,
    reader: new Reader(readModel),
    history: new History({ store, readModel, upcast }),
    asOf: (projectId, place) => asOf.at(projectId, place),
    digest: createDigests(readModel, collections),
    understand: showing(upcast),
    progress: {
      reached: (projectId, revision) => readSide.reached(projectId, revision, READ_YOUR_WRITES_MS),
      staleSince: (projectId) => readSide.parked(projectId)?.since,
      differs: (projectId) => readSide.parked(projectId)?.reason === 'HISTORY_DIFFERS',
    },
  };
}
