import { sameJson } from '../domain/json';
import { illegalState } from '../domain/refusal';
import { exportFlag } from './export';
import type { SetupFlag } from './file';
import { type About, held, type Planner, type Shown } from './planner';
import { keepRows, moveRollout, segmentId } from './plan-rollouts';

export function planFlag(planner: Planner, wanted: SetupFlag): void {
  const { name, description, key } = wanted;
  const about: About = { kind: 'flag', name };
  const shown = shownFlag(name);
  const rows = wanted.rows.map(({ segment, percentage, value }) => ({ segment: segmentId(planner.state, segment), percentage, value }));
  const there = held(planner.state, 'flag', name);
  if (there === undefined) {
    if (!planner.carry({ type: 'CreateFlag', name, description, key, rows }, about, shown)) return;
  } else if (there.key !== key) {
    const message = `The flag "${name}" is on the key "${there.key}" for ever, so it cannot be put on "${key}". Give the new flag another name, or archive the old one first.`;
    const wayOut = 'Leave its key as it is, and list a flag of another name on this key; or archive the flag first.';
    planner.refuse('EditFlag', about, illegalState(message), { before: { key: there.key }, after: { key }, wayOut });
    return;
  } else {
    const kept = keepRows(rows, there.rows, (was, row) => was.segment === row.segment && sameRow(was, row));
    if (!planner.carry({ type: 'EditFlag', id: there.id, name, description, rows: kept }, about, shown)) return;
  }
  const now = held(planner.state, 'flag', name);
  if (now) moveRollout(planner, { ...now, kind: 'flag' }, wanted.status, shown);
}

type Row = { readonly percentage: number; readonly value: SetupFlag['rows'][number]['value'] };

const sameRow = (a: Row, b: Row): boolean => a.percentage === b.percentage && sameJson(a.value, b.value);

export function shownFlag(name: string): Shown {
  return (state) => {
    const flag = held(state, 'flag', name);
    return flag && exportFlag(state, flag);
  };
}
