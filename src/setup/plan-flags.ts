import type { FlagRow } from '../domain/flag';
import { sameJson } from '../domain/json';
import { illegalState } from '../domain/refusal';
import type { SetupFlag } from './file';
import { held, type Planner } from './planner';
import { keepRows, planRollout, segmentId } from './plan-rollouts';

export function planFlag(planner: Planner, wanted: SetupFlag): void {
  const { name, description, key } = wanted;
  const rows = wanted.rows.map(({ segment, percentage, value }) => ({ segment: segmentId(planner.state, segment), percentage, value }));
  const there = held(planner.state, 'flag', name);
  if (there !== undefined && there.key !== key) {
    const message = `The flag "${name}" is on the key "${there.key}" for ever, so it cannot be put on "${key}". Give the new flag another name, or archive the old one first.`;
    const wayOut = 'Leave its key as it is, and list a flag of another name on this key; or archive the flag first.';
    planner.refuse('EditFlag', { kind: 'flag', name }, illegalState(message), { before: { key: there.key }, after: { key }, wayOut });
    return;
  }
  const command = there
    ? ({ type: 'EditFlag', id: there.id, name, description, rows: keepRows(rows, there.rows, sameRow) } as const)
    : ({ type: 'CreateFlag', name, description, key, rows } as const);
  planRollout(planner, 'flag', command, wanted);
}

type Row = Omit<FlagRow, 'id'>;

const sameRow = (a: Row, b: Row): boolean => a.segment === b.segment && a.percentage === b.percentage && sameJson(a.value, b.value);
