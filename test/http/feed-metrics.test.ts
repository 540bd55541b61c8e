import { Registry } from 'prom-client';
import { feedMetrics } from '../../src/http/metrics';
import { FeedHarness } from '../feed/harness';

test('how many follow, what was sent, and why subscriptions have ended', async () => {
  const registry = new Registry();
  let size = () => 0;
  const harness = new FeedHarness({ observer: feedMetrics(registry, () => size()) });
  size = () => harness.feed.size;
  await harness.happen(3);
  const [one, two] = [await harness.follow({ fromStart: true }), await harness.follow({ fromStart: true, types: ['ProjectCreated'] })];
  await one.take(5);
  await two.take(2);
  expect(await registry.metrics()).toContain('\nledger_feed_subscriptions 2\n');
  await one.stop();
  harness.feed.close();
  const text = await registry.metrics();
  for (const line of [
    'ledger_feed_subscriptions 0',
    'ledger_feed_events_sent_total 5',
    'ledger_feed_subscriptions_closed_total{reason="LEFT"} 1',
    'ledger_feed_subscriptions_closed_total{reason="GOING_AWAY"} 1',
  ]) {
    expect(text).toContain(`\n${line}\n`);
  }
});
