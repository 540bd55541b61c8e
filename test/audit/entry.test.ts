import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryOf } from '../../src/audit/entry';
import type { Envelope } from '../../src/domain/event';
import { schemaVersions } from '../../src/domain/decider';
import { freeze } from '../fixtures/freeze';

const events: readonly Envelope[] = freeze(JSON.parse(readFileSync(join(__dirname, '../golden/events-v1.json'), 'utf8')) as Envelope[]);
const example = (type: string): Envelope =>
  events.find((event) => event.type === type && event.schemaVersion === schemaVersions.get(type))!;

/** The paths that each type's example changes. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  ProjectCreated: ['name', 'description'],
  ProjectRenamed: ['name'],
  ProjectDescribed: ['description'],
  KeyCreated: ['name', 'defaultValue', 'description', 'type'],
  KeyDefaultChanged: ['defaultValue'],
  KeyDescribed: ['description'],
  KeyArchived: ['archived'],
  KeyRestored: ['archived'],
  SegmentCreated: ['name', 'description', 'rule'],
  SegmentCloned: ['name', 'description', 'rule', 'source'],
  SegmentRenamed: ['name'],
  SegmentDescribed: ['description'],
  SegmentRuleChanged: ['rule.all[5]'],
  SegmentArchived: ['archived'],
  SegmentRestored: ['archived'],
  GoalCreated: ['name', 'cap', 'description', 'direction', 'event', 'filters', 'measure', 'property', 'windowDays'],
  GoalRenamed: ['name'],
  GoalDescribed: ['description'],
  GoalRedefined: ['cap', 'measure', 'property', 'windowDays'],
  GoalArchived: ['archived'],
  GoalRestored: ['archived'],
  ExclusivityEnabled: ['enabled'],
  ExclusivityDisabled: ['enabled'],
  FlagCreated: ['name', 'description', 'key', 'rows'],
  FlagRenamed: ['name'],
  FlagDescribed: ['description'],
  FlagRowsChanged: ['rows[r1].percentage', 'rows[r2]', 'rows[r3]'],
  FlagPublished: ['status'],
  FlagPaused: ['status'],
  FlagResumed: ['status'],
  FlagArchived: ['status'],
  FlagRestored: ['status'],
  ConfigCreated: ['name', 'description', 'keys', 'rows'],
  ConfigRenamed: ['name'],
  ConfigDescribed: ['description'],
  ConfigRedefined: ['keys[2]', 'rows[r1].values[dark_mode].value', 'rows[r2]'],
  ConfigPublished: ['status'],
  ConfigPaused: ['status'],
  ConfigResumed: ['status'],
  ConfigArchived: ['status'],
  ConfigRestored: ['status'],
  ExperimentCreated: [
    'name',
    'analysis',
    'audience',
    'description',
    'exclusive',
    'goals',
    'keys',
    'setting',
    'sticky',
    'traffic',
    'variants',
  ],
  ExperimentRenamed: ['name'],
  ExperimentDescribed: ['description'],
  ExperimentRedesigned: [
    'analysis.alpha',
    'analysis.cuped',
    'analysis.horizonDays',
    'analysis.method',
    'analysis.plannedUsers',
    'goals[id-64]',
    'traffic',
  ],
  ExperimentGoalsAdded: ['addedGoals'],
  ExperimentExclusivityChanged: ['exclusive'],
  ExperimentStarted: ['status', 'started'],
  ExperimentTrafficChanged: ['traffic'],
  ExperimentTrafficRaised: ['traffic'],
  ExperimentStopped: ['status'],
  ExperimentRolledOut: ['status', 'rolledOut'],
  ExperimentDecisionRecorded: ['decision'],
  ExperimentArchived: ['status'],
  ExperimentRestored: ['status'],
  HoldoutCreated: ['name', 'share'],
  HoldoutEnded: ['status'],
};

test('it is said of every event type this version knows what it changes', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual([...schemaVersions.keys()].sort());
});

test.each(Object.entries(EXPECTED))('%s names the fields that it changes', (type, paths) => {
  const { changes, sentence, event } = entryOf(example(type));
  expect(changes.map(({ path }) => path)).toEqual(paths);
  expect(sentence.startsWith(`${event.actor.id} `)).toBe(true);
  expect(sentence).not.toContain(type);
  expect(changes.every(({ before, after }) => before !== undefined || after !== undefined)).toBe(true);
});

test('an edit carries what was and what is, a creation only what is', () => {
  expect(entryOf(example('KeyDefaultChanged'))).toMatchObject({
    sentence: 'u-71c3 changed the default of key *dark_mode* from 3 to 4',
    before: { defaultValue: 3 },
    after: { defaultValue: 4 },
    changes: [{ path: 'defaultValue', before: 3, after: 4 }],
  });
  const { before, changes } = entryOf(example('FlagCreated'));
  expect(before).toBeUndefined();
  expect(changes.every((change) => !('before' in change))).toBe(true);
});

test('what has a status is archived from it and restored to it; anything else is archived or not', () => {
  const changes = (type: string) => entryOf(example(type)).changes;
  expect(changes('KeyArchived')).toEqual([{ path: 'archived', before: false, after: true }]);
  expect(changes('SegmentRestored')).toEqual([{ path: 'archived', before: true, after: false }]);
  expect(changes('FlagArchived')).toEqual([{ path: 'status', before: 'LIVE', after: 'ARCHIVED' }]);
  expect(changes('ExperimentRestored')).toEqual([{ path: 'status', before: 'ARCHIVED', after: 'STOPPED' }]);
});

describe('an event that this version does not understand reads as its type, with its data as it is', () => {
  const odd: readonly (readonly [string, Partial<Envelope>])[] = [
    ['of an unknown type', { type: 'WidgetCreated', entity: { kind: 'widget' as never, id: 'h', name: 'h' }, data: { share: 5 } }],
    ['of a newer version', { schemaVersion: 2, data: { share: 5 } }],
    ['of a type that has the name of a member of every object', { type: 'Keyconstructor', data: { share: 5 } }],
    ['with data that is not of its type', { type: 'KeyCreated', data: { share: 5 } }],
  ];
  test.each(odd)('%s', (_words, changes) => {
    const event = { ...example('KeyDescribed'), ...changes };
    expect(entryOf(event)).toEqual({
      event,
      sentence: `u-71c3 ${event.type}`,
      parts: [{ kind: 'TEXT', text: event.type }],
      before: undefined,
      after: { share: 5 },
      changes: [{ path: 'share', after: 5 }],
    });
  });
});

test('N2 an entry has shares in percent, and its event, with a sentence of its own, in basis points', () => {
  const rows = entryOf(example('FlagRowsChanged'));
  const raised = entryOf(example('ExperimentTrafficRaised'));
  const { data } = raised.event as unknown as { data: { from: number; to: number } };
  expect(raised).toMatchObject({
    before: { traffic: data.from / 100 },
    after: { traffic: data.to / 100 },
  });
  expect(raised.sentence).toContain(`from ${data.from / 100} % to ${data.to / 100} %`);
  const [was] = (rows.event.data as { from: { percentage: number }[] }).from;
  expect(was?.percentage).toBeGreaterThan(100);
  expect(rows.changes[0]).toMatchObject({ path: 'rows[r1].percentage', before: was!.percentage / 100 });
});
