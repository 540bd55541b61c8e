import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the read side says of itself whenever the metrics are read; undefined: it does not know yet which read models it has. */
export type ReadSideFigures =
  | {
      readonly leads: boolean;
      readonly behind: number;
      readonly strays: number;
      readonly lagMs?: number;
      readonly shownUntil?: number;
      readonly parked: readonly { readonly projectId: string; readonly reason: string; readonly type: string; readonly since: number }[];
    }
  | undefined;

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The most parked projects that have a series of their own: more would cost too much memory. */
const MAX_PARKED_LABELS = 100;

/** What the ledger does, in numbers. Labels are never a project's id, of which there may be any number, except of those few that are parked. */
export class LedgerMetrics {
  private readonly groups: Histogram;
  private readonly conflicts: Counter;
  private readonly retries: Counter;
  private readonly projected: Counter;
  private readonly lag: Histogram;
  private readonly batchSize: Histogram;
  private readonly batchTime: Histogram;
  private readonly mismatches: Counter;
  private readonly projectionRetries: Counter;
  private readonly stores: Histogram;
  private readonly cuts: Counter;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.groups = new Histogram({
      name: 'ledger_command_group_size',
      help: 'How many commands of one project were answered together',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    });
    this.conflicts = new Counter({
      name: 'ledger_append_conflicts_total',
      help: 'Groups decided anew because others wrote first',
      registers,
    });
    this.retries = new Counter({
      name: 'ledger_append_retries_total',
      help: 'Appends repeated because their outcome was unknown',
      registers,
    });
    this.projected = new Counter({ name: 'ledger_projected_events_total', help: 'Events whose effect is in the read model', registers });
    this.lag = new Histogram({
      name: 'ledger_projection_lag_seconds',
      help: 'From when an event occurred until the read model showed it; a catch-up counts as well',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    });
    this.batchSize = new Histogram({
      name: 'ledger_projection_batch_events',
      help: 'Events in one batch for the read model',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
      registers,
    });
    this.batchTime = new Histogram({
      name: 'ledger_projection_batch_seconds',
      help: 'From the first event of a batch folded until the batch is committed',
      buckets: SECONDS,
      registers,
    });
    this.mismatches = new Counter({
      name: 'ledger_projection_mismatches_total',
      help: 'Batches that found their project elsewhere, because another instance projected as well',
      registers,
    });
    this.projectionRetries = new Counter({
      name: 'ledger_projection_retries_total',
      help: 'How often projecting was interrupted by trouble with a store and begun again',
      registers,
    });
    this.cuts = new Counter({
      name: 'ledger_subscription_cuts_total',
      help: 'How often KurrentDB has cut off a subscription as too slow; it was made anew at once, and nothing was lost',
      registers,
    });
    this.stores = new Histogram({
      name: 'ledger_store_duration_seconds',
      help: 'How long calls of the event store, the read model, the user store and the observations took',
      labelNames: ['store', 'operation', 'outcome'],
      buckets: SECONDS,
      registers,
    });
  }

  /** The event store has cut off a subscription, which was made anew. */
  subscriptionCut(): void {
    this.cuts.inc();
  }

  /** For each call of that store. */
  store(
    store: 'event_store' | 'read_model' | 'user_store' | 'observations',
  ): (operation: string, outcome: 'ok' | 'error', seconds: number) => void {
    return (operation, outcome, seconds) => this.stores.observe({ store, operation, outcome }, seconds);
  }

  commands(): (what: 'conflict' | 'retry' | 'group', count: number) => void {
    return (what, count) => {
      if (what === 'group') this.groups.observe(count);
      else (what === 'conflict' ? this.conflicts : this.retries).inc(count);
    };
  }

  /** Asked whenever the metrics are read. */
  watchHistories(broken: () => number): void {
    new Gauge({
      name: 'ledger_broken_histories',
      help: 'Projects whose commands are refused because their stored history is damaged',
      registers: [this.registry],
      collect() {
        this.set(broken());
      },
    });
  }

  /** Asked whenever the metrics are read. */
  watchUserStore(isLost: () => boolean): void {
    new Gauge({
      name: 'ledger_user_store_lost',
      help: '1 if the store of users was emptied or replaced, so that nothing is assigned',
      registers: [this.registry],
      collect() {
        this.set(Number(isLost()));
      },
    });
  }

  /** `aheadSeconds`: by how much the newest event is dated ahead of this machine's clock. */
  watchAhead(aheadSeconds: () => number): void {
    new Gauge({
      name: 'ledger_events_ahead_seconds',
      help: "By how much the newest event is dated ahead of this machine's clock, if that is more than a minute",
      registers: [this.registry],
      collect() {
        this.set(aheadSeconds());
      },
    });
  }

  /** Asked whenever the metrics are read. */
  watch(figures: () => ReadSideFigures): void {
    const gauge = (name: string, help: string, value: (figures: NonNullable<ReadSideFigures>) => number | undefined): void => {
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.reset();
          const now = figures();
          const known = now && value(now);
          if (known !== undefined) this.set(known);
        },
      });
    };
    gauge('ledger_parked_projects', 'Projects whose read model is parked', ({ parked }) => parked.length);
    gauge(
      'ledger_stray_streams',
      'Streams that are named as a project and hold no event of a ledger: they are ignored',
      ({ strays }) => strays,
    );
    gauge('ledger_projection_behind_events', 'Events that the store holds and the read model does not show yet', ({ behind }) => behind);
    gauge('ledger_read_model_lag_seconds', 'For how long the read model may have lacked something that is stored', ({ lagMs }) =>
      lagMs === undefined ? undefined : lagMs / 1_000,
    );
    gauge('ledger_projection_leads', '1 if this instance projects, 0 if another does', ({ leads }) => Number(leads));
    gauge(
      'ledger_projection_age_seconds',
      'Since when nothing newer has been shown: the age of the last event processed',
      ({ shownUntil }) => (shownUntil === undefined ? undefined : Math.max(0, Date.now() - shownUntil) / 1_000),
    );
    new Gauge({
      name: 'ledger_parked_project_since_seconds',
      help: 'When the read model of this project was parked, in UTC seconds',
      labelNames: ['project', 'reason', 'event'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { projectId, reason, type, since } of figures()?.parked.slice(0, MAX_PARKED_LABELS) ?? [])
          this.set({ project: projectId, reason, event: type }, since / 1_000);
      },
    });
  }

  projection(): {
    projected(projectId: string, checkpoint: { readonly occurredAt: number }, events: number): void;
    committed(events: number, seconds: number): void;
    mismatched(): void;
    retried(): void;
  } {
    return {
      projected: (_projectId, { occurredAt }, events) => {
        if (events === 0) return;
        this.projected.inc(events);
        this.lag.observe(Math.max(0, Date.now() - occurredAt) / 1_000);
      },
      committed: (events, seconds) => {
        this.batchSize.observe(events);
        this.batchTime.observe(seconds);
      },
      mismatched: () => this.mismatches.inc(),
      retried: () => this.projectionRetries.inc(),
    };
  }
}
