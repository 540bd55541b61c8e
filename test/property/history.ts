import { eventId, GENESIS, hashOf, type Envelope } from '../../src/domain/event';
import { same } from './model';

type Bag = { readonly [name: string]: unknown };

/** E4: from which status each event may take an experience, and to which. `*`: whatever its own data says. */
const MOVES: { readonly [type: string]: readonly [from: readonly string[], to: string] } = {
  FlagPublished: [['DRAFT'], 'LIVE'],
  FlagPaused: [['LIVE'], 'PAUSED'],
  FlagResumed: [['PAUSED'], 'LIVE'],
  FlagArchived: [['DRAFT', 'LIVE', 'PAUSED'], 'ARCHIVED'],
  FlagRestored: [['ARCHIVED'], '*'],
  ConfigPublished: [['DRAFT'], 'LIVE'],
  ConfigPaused: [['LIVE'], 'PAUSED'],
  ConfigResumed: [['PAUSED'], 'LIVE'],
  ConfigArchived: [['DRAFT', 'LIVE', 'PAUSED'], 'ARCHIVED'],
  ConfigRestored: [['ARCHIVED'], '*'],
  ExperimentStarted: [['DRAFT'], 'RUNNING'],
  ExperimentTrafficRaised: [['RUNNING'], 'RUNNING'],
  ExperimentStopped: [['RUNNING'], 'STOPPED'],
  ExperimentRolledOut: [['RUNNING'], 'ROLLED_OUT'],
  ExperimentArchived: [['DRAFT', 'STOPPED', 'ROLLED_OUT'], 'ARCHIVED'],
  ExperimentRestored: [['ARCHIVED'], '*'],
  ExperimentRedesigned: [['DRAFT'], 'DRAFT'],
};

/**
 * Reads a history from its first event, one by one, knowing nothing but the events, and looks for every rule that a history can break. Gives what is
 * broken. The chain is looked at from `from` on: earlier events have been, and are frozen.
 */
export function brokenHistory(events: readonly Envelope[], from: number): string[] {
  const broken: string[] = [];
  const keys = new Set<string>();
  const ids = new Set<string>();
  const versions = new Map<string, number>();
  const status = new Map<string, string>();
  const archivedFrom = new Map<string, string>();
  const rules = new Map<string, unknown>();
  const held = new Map<string, number>();
  const traffic = new Map<string, number>();
  const rowIds = new Map<string, number>();
  let setting = false;

  events.forEach((event, index) => {
    const must = (rule: string, holds: boolean): void => {
      if (!holds) broken.push(`${rule} at revision ${index}: ${event.type} ${JSON.stringify(event.data)}`);
    };
    const { type, entity } = event;
    const data = event.data as Bag;
    const id = `${entity.kind}:${entity.id}`;
    const before = events[index - 1];

    if (index >= from) {
      must('hash', hashOf(event) === event.hash && event.previousHash === (before?.hash ?? GENESIS.hash));
      must(
        'id',
        event.id === eventId(event.hash) && /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(event.id),
      );
      must('A5', event.actor.id !== '' && event.commandId !== '' && event.correlationId !== '' && event.causationId !== '');
    }
    must('ids differ', !ids.has(event.id));
    ids.add(event.id);
    must('revision', event.revision === index);
    must('occurredAt', event.occurredAt >= (before?.occurredAt ?? 0));
    must('version', event.version === (versions.get(id) ?? 0) + 1);
    versions.set(id, event.version);
    must('starts with its creation', (index === 0) === (type === 'ProjectCreated'));

    if (entity.kind === 'key') must('K1', entity.id === entity.name && keys.has(entity.id) !== (type === 'KeyCreated'));
    if (type === 'KeyCreated') keys.add(entity.id);
    if ('from' in data && 'to' in data) must('A3', !same(data['from'], data['to']));

    if (type.startsWith('Exclusivity')) {
      must('X1', setting !== (type === 'ExclusivityEnabled'));
      setting = type === 'ExclusivityEnabled';
    }
    if (type === 'SegmentCreated' || type === 'SegmentCloned') rules.set(entity.id, data['rule']);
    if (type === 'SegmentCloned') {
      const { id: source, version } = data['source'] as { id: string; version: number };
      must('S4', source !== entity.id && same(rules.get(source), data['rule']) && versions.get(`segment:${source}`) === version);
    }
    if (type === 'SegmentRuleChanged') rules.set(entity.id, data['to']);

    if (/^(Flag|Config|Experiment)Created$/.test(type)) status.set(id, 'DRAFT');
    const move = MOVES[type];
    if (move !== undefined) {
      must('E4', move[0].includes(status.get(id) ?? ''));
      if (type.endsWith('Archived')) archivedFrom.set(id, status.get(id) ?? '');
      const back = archivedFrom.get(id) === 'DRAFT' ? 'DRAFT' : entity.kind === 'experiment' ? 'STOPPED' : 'PAUSED';
      if (move[1] === '*') must('E4', data['to'] === back);
      status.set(id, move[1] === '*' ? back : move[1]);
    } else if (status.has(id)) must('E4', status.get(id) !== 'ARCHIVED');

    if (type === 'ExperimentCreated') {
      must('X2', data['setting'] === setting);
      must('X3', !setting || data['exclusive'] === true);
    }
    if (type === 'ExperimentStarted') {
      const audience = data['audience'] as { segment: string; version: number; rule: unknown } | null;
      if (audience !== null) {
        must('S3', same(audience.rule, rules.get(audience.segment)) && audience.version === versions.get(`segment:${audience.segment}`));
      }
    }
    if (type === 'ExperimentStarted') {
      const holdouts = data['holdouts'] as readonly { readonly id: string; readonly share: number }[];
      must('X8', same(holdouts.map(({ id: holdout, share }) => [holdout, share]), [...held])); // prettier-ignore
      must('E4', data['traffic'] === traffic.get(entity.id));
    }
    if (type === 'HoldoutCreated') {
      must('X8', held.size === 0);
      held.set(entity.id, data['share'] as number);
    }
    if (type === 'HoldoutEnded') must('X8', held.delete(entity.id));
    if (type === 'ExperimentCreated' || type === 'ExperimentRedesigned')
      traffic.set(entity.id, ((data['to'] ?? data) as { traffic: number }).traffic);
    if (type === 'ExperimentTrafficChanged') {
      must('E4', data['from'] === traffic.get(entity.id));
      traffic.set(entity.id, data['to'] as number);
    }

    if (/^(Flag|Config|Experiment)(Created|RowsChanged|Redefined|Redesigned)$/.test(type)) {
      const most = rowIds.get(id) ?? 0;
      const known = 'from' in data ? idsIn(data['from'] as Rows) : [];
      const given = idsIn(('to' in data ? data['to'] : data) as Rows);
      must('row ids', given.every((row) => known.includes(row) || Number(row.slice(1)) > most)); // prettier-ignore
      rowIds.set(id, Math.max(most, ...given.map((row) => Number(row.slice(1)))));
    }
  });
  return broken;
}

/** The ids of the rows or variants in what an event says an experience is. */
function idsIn(definition: Rows | { readonly rows?: Rows; readonly variants?: Rows }): readonly string[] {
  const rows = 'length' in definition ? definition : (definition.rows ?? definition.variants ?? []);
  return rows.map(({ id }) => id);
}
type Rows = readonly { readonly id: string }[];
