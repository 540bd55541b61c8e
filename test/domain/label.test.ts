import { label, labelled } from '../../src/domain/label';
import { Ledger } from '../fixtures/ledger';
import { createKey, createSegment } from '../fixtures/shop';

test('each event has one label of each sort, and a label its revisions in order', () => {
  const ledger = Ledger.started();
  createKey(ledger, 'title');
  const segment = createSegment(ledger, 'Miami');
  ledger.accept({ type: 'EditKey', name: 'title', defaultValue: 5 }, { actor: { id: 'bob', kind: 'service' } });
  ledger.accept({ type: 'ArchiveKey', name: 'title' });
  expect(Object.fromEntries(labelled(ledger.events))).toEqual({
    [label.type('ProjectCreated')]: [0],
    [label.type('KeyCreated')]: [1],
    [label.type('SegmentCreated')]: [2],
    [label.type('KeyDefaultChanged')]: [3],
    [label.type('KeyArchived')]: [4],
    [label.actor({ kind: 'user', id: 'alice' })]: [0, 1, 2, 4],
    [label.actor({ kind: 'service', id: 'bob' })]: [3],
    [label.kind('project')]: [0],
    [label.kind('key')]: [1, 3, 4],
    [label.kind('segment')]: [2],
    [label.entity('project', 'shop')]: [0],
    [label.entity('key', 'title')]: [1, 3, 4],
    [label.entity('segment', segment)]: [2],
  });
});

test('an id that looks like a member of every object is an id', () => {
  const ledger = Ledger.started();
  createKey(ledger, 'constructor');
  createKey(ledger, 'toString');
  expect(labelled(ledger.events).get(label.entity('key', 'toString'))).toEqual([2]);
});
