import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the ledger does, in numbers. Labels are never a project's id: a client could make any number of them. */
export class LedgerMetrics {
  private readonly groups: Histogram;
  private readonly conflicts: Counter;
  private readonly retries: Counter;
  private readonly projected: Counter;
  private readonly lag: Histogram;

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
  }

  commands(): (what: 'conflict' | 'retry' | 'group', count: number) => void {
    return (what, count) => {
      if (what === 'group') this.groups.observe(count);
      else (what === 'conflict' ? this.conflicts : this.retries).inc(count);
    };
  }

  /** `parked` is asked for the number of parked projects whenever the metrics are read. */
  countParked(parked: () => number): void {
    new Gauge({
      name: 'ledger_parked_projects',
      help: 'Projects whose read model stands still',
      registers: [this.registry],
      collect() {
        this.set(parked());
      },
    });
  }

  projection(): { projected(projectId: string, checkpoint: { readonly occurredAt: number }, events: number): void } {
    return {
      projected: (_projectId, { occurredAt }, events) => {
        this.projected.inc(events);
        this.lag.observe(Math.max(0, Date.now() - occurredAt) / 1_000);
      },
    };
  }
}
