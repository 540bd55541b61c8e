import { StoreHealth } from '../../src/application/store-health';
import { DamagedRecord, OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../../src/event-store/event-store';

let nowMs: number;
let health: StoreHealth;
beforeEach(() => {
  nowMs = 0;
  health = new StoreHealth(
    (error) => error instanceof StoreUnavailable || error instanceof OutcomeUnknown,
    () => nowMs,
  );
});
const failing = () => health.failing().map(({ operation }) => operation);

test('an operation fails from its first failure to its next success, each operation by itself', () => {
  expect(failing()).toEqual([]);
  health.observe('append', new StoreUnavailable('away'));
  health.observe('read');
  expect(failing()).toEqual(['append']);
  const [first] = health.failing();
  health.observe('append', new OutcomeUnknown('no answer'));
  expect(health.failing()).toEqual([first]);
  health.observe('append');
  expect(failing()).toEqual([]);
});

test('an answer that is no success for its caller is one for the store', () => {
  health.observe('append', new StoreUnavailable('away'));
  health.observe('append', new RevisionConflict('shop', 1, 2));
  expect(failing()).toEqual([]);
  health.observe('read', new StoreUnavailable('away'));
  health.observe('read', new DamagedRecord('shop', 1, 'not JSON'));
  expect(failing()).toEqual([]);
});

test('where nothing is tried again it counts as failing for a while only', () => {
  health.observe('append', new StoreUnavailable('away'));
  nowMs = 14_000;
  expect(failing()).toEqual(['append']);
  health.observe('append', new StoreUnavailable('away'));
  nowMs = 28_000;
  expect(failing()).toEqual(['append']);
  nowMs = 29_500;
  expect(failing()).toEqual([]);
});
