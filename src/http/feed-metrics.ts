import { Counter, Gauge, type Registry } from 'prom-client';
import type { FeedObserver } from '../feed/subscriber';

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
