import { createUpcaster, showing, UpgradeRequired } from '../../src/event-store/upcast';
import type { Upcast } from '../../src/event-store/upcast';
import type { Envelope } from '../../src/domain/event';
import { history } from '../fixtures/events';

const event = (type: string, schemaVersion: number): Envelope => history('shop', 1, { type, schemaVersion })[0] as Envelope;

const split: Upcast = { type: 'Renamed', from: 1, data: (data) => ({ ...data, second: 2 }) };
const grow: Upcast = {
  type: 'Renamed',
  from: 2,
  data: (data, { entity, schemaVersion }) => ({ ...data, third: `${entity.id} v${schemaVersion}` }),
};
const known = new Map([
  ['Created', 1],
  ['Renamed', 3],
]);
const upcast = createUpcaster(known, [grow, split], new Set(['Dropped']));

test('an event of the current version is passed on as it is', () => {
  const created = event('Created', 1);
  expect(upcast(created)).toBe(created);
});

test('an old event is brought to the current version one step after another, and keeps everything else, its hash too', () => {
  const old = event('Renamed', 1);
  const copy = structuredClone(old);
  expect(upcast(old)).toEqual({ ...old, schemaVersion: 3, data: { ...old.data, second: 2, third: 'k0 v2' } });
  expect(upcast(event('Renamed', 2))?.data).toEqual({ ...event('Renamed', 2).data, third: 'k0 v2' });
  expect(old).toEqual(copy);
});

test('a retired type is passed over, whatever its version', () => {
  expect(upcast(event('Dropped', 1))).toBeUndefined();
  expect(upcast(event('Dropped', 9))).toBeUndefined();
});

test('for showing, what is not known and what is retired are as they were written', () => {
  const show = showing(upcast);
  for (const written of [event('Unheard', 1), event('Renamed', 4), event('Dropped', 1)]) expect(show(written)).toBe(written);
  expect(show(event('Renamed', 1))).toEqual(upcast(event('Renamed', 1)));
  const broken = showing(() => {
    throw new TypeError('a bug');
  });
  expect(() => broken(event('Renamed', 1))).toThrow('a bug');
});

test.each([
  ['Unheard', 1],
  ['Created', 2],
  ['Renamed', 4],
  ['Renamed', 0],
  ['Renamed', 1.5],
])('%s version %d needs an upgrade, and says where it was met', (type, schemaVersion) => {
  const met = () => upcast(event(type, schemaVersion));
  expect(met).toThrow(UpgradeRequired);
  expect(met).toThrow(expect.objectContaining({ projectId: 'shop', type, schemaVersion, revision: 0 }));
  expect(met).toThrow(`event 0 of project shop is ${type} version ${schemaVersion}, which this version does not know: upgrade it`);
});

test('a table of steps with a hole, a double, a step to nowhere or a retired known type is refused at the start', () => {
  const none = new Set<string>();
  expect(() => createUpcaster(known, [split], none)).toThrow('there is no upcaster from Renamed v2');
  expect(() => createUpcaster(known, [split, split, grow], none)).toThrow('two upcasters from Renamed v1');
  expect(() => createUpcaster(known, [split, grow, { ...grow, from: 3 }], none)).toThrow('Renamed v3 leads to no known version');
  expect(() => createUpcaster(known, [split, grow, { ...grow, type: 'Unheard' }], none)).toThrow('Unheard v2 leads to no known version');
  expect(() => createUpcaster(known, [split, grow], new Set(['Created']))).toThrow('both known and retired');
});
