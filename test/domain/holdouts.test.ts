import { activeHoldout } from '../../src/domain/holdout';
import { Ledger } from '../fixtures/ledger';
import { applied, contentOf, obstaclesOf, planFor, stepsOf } from '../setup/project';
import { back } from './back';

const create = (name: string, share: number) => ({ type: 'CreateHoldout', name, share }) as const;

const started = (): { readonly ledger: Ledger; readonly id: string } => {
  const ledger = Ledger.started();
  const [event] = ledger.accept(create('Autumn', 500));
  return { ledger, id: event!.entity.id };
};

test('X8 a holdout is active from its creation, and ended for good', () => {
  const { ledger, id } = started();
  expect(ledger.events.at(-1)).toMatchObject({ type: 'HoldoutCreated', data: { share: 500 }, entity: { name: 'Autumn' } });
  expect(activeHoldout(ledger.state)).toEqual({ id, name: 'Autumn', share: 500, status: 'ACTIVE' });
  expect(ledger.accept({ type: 'EndHoldout', id })).toMatchObject([{ type: 'HoldoutEnded', version: 2 }]);
  expect(ledger.accept({ type: 'EndHoldout', id })).toEqual([]);
  expect(activeHoldout(ledger.state)).toBeUndefined();
  expect(ledger.refuse({ type: 'EndHoldout', id: 'none' })).toMatchObject({ code: 'NOT_FOUND', kind: 'holdout' });
  expect(ledger.refuse({ type: 'EndHoldout', id, expectedVersion: 1 })).toMatchObject({ code: 'STALE', currentVersion: 2 });
});

test.each([0, -1, 2_001, 10_000, 0.5])('X8 a share of %s basis points is refused', (share) => {
  expect(Ledger.started().refuse(create('Autumn', share))).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'share' }] });
});

test.each([1, 2_000])('X8 a share of %s basis points is taken', (share) => {
  expect(Ledger.started().accept(create('Autumn', share))).toHaveLength(1);
});

test('X8 a project has at most one that is active, and an ended one gives its name up', () => {
  const { ledger, id } = started();
  expect(ledger.refuse(create('Winter', 100))).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('End it first') });
  expect(ledger.refuse(create(' AUTUMN', 100))).toMatchObject({ code: 'ALREADY_EXISTS', existing: { id } });
  ledger.accept({ type: 'EndHoldout', id });
  expect(ledger.accept(create('autumn', 100))).toHaveLength(1);
});

test('X8 no revert brings an ended one back, and one to what it is changes nothing', () => {
  const { ledger, id } = started();
  expect(ledger.accept(back(ledger, 'holdout', id, 1))).toEqual([]);
  ledger.accept({ type: 'EndHoldout', id });
  expect(ledger.accept(back(ledger, 'holdout', id, 2))).toEqual([]);
  expect(ledger.refuse(back(ledger, 'holdout', id, 1))).toMatchObject({
    code: 'CANNOT_REVERT',
    obstacles: [{ path: 'status', refusal: { code: 'ILLEGAL_STATE', message: expect.stringContaining('for good') } }],
  });
});

describe('X8 in a set-up file', () => {
  const file = (name: string, share: number) => ({ version: 2, holdout: { name, share } });

  test('it comes and goes through a file as it is', () => {
    const ledger = Ledger.started();
    expect(applied(ledger, file('Autumn', 5))).toMatchObject([{ type: 'HoldoutCreated', data: { share: 500 } }]);
    expect(contentOf(ledger)).toMatchObject(file('Autumn', 5));
    expect(applied(ledger, contentOf(ledger), true)).toEqual([]);
    const copy = Ledger.started();
    applied(copy, contentOf(ledger));
    expect(contentOf(copy)).toEqual(contentOf(ledger));
  });

  test('version 1 has its share in basis points', () => {
    const ledger = Ledger.started();
    applied(ledger, { version: 1, holdout: { name: 'Autumn', share: 500 } });
    expect(planFor(ledger, file('Autumn', 5))).toMatchObject({ steps: [], obstacles: [] });
  });

  test('another one takes its place with prune only, and its share never changes', () => {
    const { ledger } = started();
    expect(planFor(ledger, { version: 2 }, true)).toMatchObject({ steps: [], obstacles: [] });
    expect(planFor(ledger, { version: 2, holdout: null })).toMatchObject({ steps: [], obstacles: [] });
    expect(stepsOf(planFor(ledger, { version: 2, holdout: null }, true))).toEqual(['EndHoldout Autumn']);
    expect(obstaclesOf(planFor(ledger, file('Winter', 1)))).toEqual([expect.stringContaining('End it first')]);
    expect(obstaclesOf(planFor(ledger, file('autumn', 1), true))).toEqual([expect.stringContaining('5 % for good')]);
    expect(stepsOf(planFor(ledger, file('Winter', 1), true))).toEqual(['EndHoldout Autumn', 'CreateHoldout Winter']);
  });

  test.each([
    [{ name: '', share: 5 }, 'setup.holdout.name'],
    [{ name: 'A', share: 20.01 }, 'setup.holdout.share'],
    [{ name: 'A', share: 0.001 }, 'setup.holdout.share'],
    [{ name: 'A' }, 'setup.holdout.share'],
    [{ name: 'A', share: 5, id: 'x' }, 'setup.holdout.id'],
  ])('%j is refused at %s', (holdout, path) => {
    const refusal = Ledger.started().refuse({ type: 'ApplySetup', prune: false, setup: { version: 2, holdout } });
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path }] });
  });
});
