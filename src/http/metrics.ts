import { collectDefaultMetrics, Histogram, Registry, Counter, Gauge } from 'prom-client';
import type { FeedObserver } from '../feed/subscriber';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long operations take, by what a client cannot make up: labels it can choose would let it fill the memory. */
export interface OperationMetrics {
  observeOperation(operation: string, outcome: 'ok' | 'error', seconds: number): void;
}

/**
 * What this server measures about itself. The registry is one server's own, not the process's: two servers in one process (tests) do
 * not add up. Other parts register their metrics in it.
 */
export class Metrics implements OperationMetrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the request headers to the end of the response',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly operations = new Histogram({
    name: 'graphql_operation_duration_seconds',
    help: 'From the parsed request to the result of one GraphQL operation',
    labelNames: ['operation', 'outcome'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  observeOperation(operation: string, outcome: 'ok' | 'error', seconds: number): void {
    this.operations.observe({ operation, outcome }, seconds);
  }
}

/** What the change feeds do, in numbers; `subscriptions` is asked for how many there are whenever the metrics are read. */
export function feedMetrics(registry: Registry, subscriptions: () => number): Required<Pick<FeedObserver, 'sent' | 'closed'>> {
  const registers = [registry];
  new Gauge({
    name: 'ledger_feed_subscriptions',
    help: 'Change feeds that are followed now',
    registers,
    collect() {
      this.set(subscriptions());
    },
  });
  const sent = new Counter({
    name: 'ledger_feed_events_sent_total',
    help: 'Events given to subscribers, each counted for each',
    registers,
  });
  const closed = new Counter({
    name: 'ledger_feed_subscriptions_closed_total',
    help: 'Subscriptions that have ended; LEFT: the client went',
    labelNames: ['reason'],
    registers,
  });
  return { sent: () => sent.inc(), closed: (reason) => closed.inc({ reason }) };
}
