import { StoreUnavailable } from '../../src/event-store/event-store';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { UUID } from '../contract/event-store-ledger-id';
import { all } from '../contract/event-store-probe';
import { history } from '../fixtures/events';
import { failure, Pair, TIMEOUT } from './kurrentdb-pair';

const pair = new Pair();
const stored = () => pair.server.log.stream('experience-ledger') ?? [];
const write = (data: string) =>
  pair.server.log.append('experience-ledger', -1, [
    {
      id: '11111111-1111-4111-8111-111111111111',
      type: 'x',
      contentType: 'application/json',
      data: Buffer.from(data),
      metadata: Buffer.alloc(0),
    },
  ]);

test('is the only event of a stream of its own', async () => {
  const id = await pair.store.ledgerId();
  expect(stored().map(({ type, data }) => ({ type, data: JSON.parse(data.toString()) as unknown }))).toEqual([
    { type: 'LedgerCreated', data: { ledgerId: id } },
  ]);
  await pair.store.append('shop', -1, history('shop', 1));
  expect(await all(pair.store.heads())).toHaveLength(1);
});

test('of instances that race the first writer wins, and all answer the same', async () => {
  const stores = await Promise.all(Array.from({ length: 5 }, () => KurrentEventStore.open(pair.server.url, { timeoutMs: TIMEOUT })));
  const ids = await Promise.all([pair.store, ...stores].map((store) => store.ledgerId()));
  await Promise.all(stores.map((store) => store.close()));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(UUID);
  expect(stored()).toHaveLength(1);
});

test.each(['lostAcknowledgements', 'lostAppends', 'unacknowledged'] as const)('%s: whatever stands is answered', async (fault) => {
  pair.server.faults[fault] = 1;
  const first = await pair.store.ledgerId().catch((error: Error) => error);
  // What was written is read at once; what was not is unavailable, and is written the next time.
  if (fault === 'lostAppends') expect(first).toBeInstanceOf(StoreUnavailable);
  const id = await pair.store.ledgerId();
  if (fault !== 'lostAppends') expect(first).toBe(id);
  expect(stored()).toHaveLength(1);
});

test('is unavailable while the server is away', async () => {
  await pair.server.stop();
  expect(await failure(pair.store.ledgerId())).toBeInstanceOf(StoreUnavailable);
});

test.each(['{}', 'null', '{"ledgerId":"mine"}', '{"ledgerId":7}'])('what another program wrote there is refused: %s', async (data) => {
  write(data);
  expect((await failure(pair.store.ledgerId())).message).toMatch(/first event of stream experience-ledger in KurrentDB has no ledgerId/);
});
