import { sizeOf } from '../../src/event-store/event-store';
import { Ring } from '../../src/feed/ring';
import { Ledger } from '../fixtures/ledger';

const PLENTY = { events: 1_000, bytes: 10_000_000 };

function events(projectId: string, count: number) {
  const ledger = new Ledger(projectId);
  ledger.accept({ type: 'CreateProject', id: projectId, name: projectId });
  while (ledger.events.length < count) ledger.accept({ type: 'EditProject', id: projectId, description: `${ledger.events.length}` });
  return ledger.events;
}

function held(ring: Ring, projectId: string, upTo = 100): number[] {
  return Array.from({ length: upTo }, (_, revision) => revision).filter((revision) => ring.at(projectId, revision) !== undefined);
}

test('only what is followed is kept, from the first event that comes', () => {
  const ring = new Ring(PLENTY);
  const [shop, other] = [events('shop', 6), events('other', 6)];
  ring.follow('shop');
  for (const event of [...shop.slice(3), ...other]) ring.add(event);
  expect(held(ring, 'shop')).toEqual([3, 4, 5]);
  expect(held(ring, 'other')).toEqual([]);
  expect([ring.last('shop'), ring.last('other')]).toEqual([5, undefined]);
});

test('it holds no more events than its limit, over all projects, and what came first goes first', () => {
  const ring = new Ring({ ...PLENTY, events: 5 });
  const [shop, other] = [events('shop', 6), events('other', 3)];
  for (const projectId of ['shop', 'other']) ring.follow(projectId);
  for (const event of [...shop.slice(0, 4), ...other, ...shop.slice(4)]) ring.add(event);
  expect([held(ring, 'shop'), held(ring, 'other')]).toEqual([
    [4, 5],
    [0, 1, 2],
  ]);
  expect(ring.size.events).toBe(5);
});

test('it holds no more bytes than its limit', () => {
  const shop = events('shop', 40);
  const bytes = sizeOf(shop[39]!) * 10;
  const ring = new Ring({ ...PLENTY, bytes });
  ring.follow('shop');
  for (const event of shop) {
    ring.add(event);
    expect(ring.size.bytes).toBeLessThanOrEqual(bytes);
  }
  expect(held(ring, 'shop').at(-1)).toBe(39);
  expect(ring.size.events).toBeGreaterThan(5);
});

test('what comes again is passed over, also when it is not kept any more', () => {
  const ring = new Ring({ ...PLENTY, events: 3 });
  const shop = events('shop', 8);
  ring.follow('shop');
  for (const event of [...shop.slice(0, 6), ...shop.slice(1)]) ring.add(event);
  expect(held(ring, 'shop')).toEqual([5, 6, 7]);
});

test('after a gap it holds what follows the gap, and nothing from before', () => {
  const ring = new Ring(PLENTY);
  const shop = events('shop', 8);
  ring.follow('shop');
  for (const event of [shop[1], shop[2], shop[5], shop[6]]) ring.add(event!);
  expect(held(ring, 'shop')).toEqual([5, 6]);
  expect(ring.size.events).toBe(2);
});

test('what is forgotten takes no room, however often it is followed again', () => {
  const ring = new Ring({ ...PLENTY, events: 10 });
  const [shop, other] = [events('shop', 8), events('other', 4)];
  ring.follow('other');
  for (const event of other) ring.add(event);
  for (let round = 0; round < 5; round += 1) {
    ring.follow('shop');
    for (const event of shop.slice(0, 4)) ring.add(event);
    ring.forget('shop');
  }
  expect(ring.size.events).toBe(4);
  ring.follow('shop');
  for (const event of shop) ring.add(event);
  expect([held(ring, 'shop').length, held(ring, 'other')]).toEqual([8, [2, 3]]);
});
