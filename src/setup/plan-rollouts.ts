import { sameJson } from '../domain/json';
import type { RolloutStatus } from '../domain/lifecycle';
import { holderOf } from '../domain/naming';
import type { ProjectState } from '../domain/project-state';
import { illegalState } from '../domain/refusal';
import { exportConfig, exportFlag } from './export';
import type { SetupConfig, SetupFlag } from './file';
import { held } from './plan-named';
import type { Planner, Shown } from './planner';

export function planFlag(planner: Planner, wanted: SetupFlag): void {
  const { name, description, key } = wanted;
  const about = { kind: 'flag' as const, name };
  const shown = shownFlag(name);
  const rows = wanted.rows.map(({ segment, ...row }) => ({ ...row, segment: segmentId(planner.state, segment) }));
  const there = held(planner.state, 'flag', name, planner.state.flags);
  if (there === undefined) {
    if (!planner.carry({ type: 'CreateFlag', name, description, key, rows }, about, shown)) return;
  } else if (there.key !== key) {
    const message = `The flag "${name}" is on the key "${there.key}" for ever, so it cannot be put on "${key}". Give the new flag another name, or archive the old one first.`;
    planner.refuse('EditFlag', about, illegalState(message));
    return;
  } else {
    const known = keepIds(rows, there.rows);
    if (!planner.carry({ type: 'EditFlag', id: there.id, name, description, rows: known }, about, shown)) return;
  }
  const id = holderOf(planner.state, 'flag', name) as string;
  move(planner, 'Flag', about, held(planner.state, 'flag', name, planner.state.flags)?.status, wanted.status, id, shown);
}

export function planConfig(planner: Planner, wanted: SetupConfig): void {
  const { name, description, keys } = wanted;
  const about = { kind: 'config' as const, name };
  const shown = shownConfig(name);
  const rows = wanted.rows.map(({ segment, values }) => ({ segment: segmentId(planner.state, segment), values }));
  const there = held(planner.state, 'config', name, planner.state.configs);
  const done = there
    ? planner.carry({ type: 'EditConfig', id: there.id, name, description, keys, rows: keepIds(rows, there.rows) }, about, shown)
    : planner.carry({ type: 'CreateConfig', name, description, keys, rows }, about, shown);
  if (!done) return;
  const id = holderOf(planner.state, 'config', name) as string;
  move(planner, 'Config', about, held(planner.state, 'config', name, planner.state.configs)?.status, wanted.status, id, shown);
}

/** The id of the segment of that name. A name that nobody has is left for the domain to refuse, with its place. */
export function segmentId(state: ProjectState, name: string | null): string | null {
  return name === null ? null : (holderOf(state, 'segment', name) ?? name);
}

/**
 * Samples are drawn by row ids, so a row that stays what it was keeps its id: one that is the same, else one that is for the same
 * segment, else it is a new row.
 */
function keepIds<R extends { readonly segment: string | null }>(
  rows: readonly R[],
  before: readonly (R & { readonly id: string })[],
): readonly (R & { readonly id?: string })[] {
  const left = [...before];
  const take = (which: (row: R & { readonly id: string }) => boolean): string | undefined => {
    const at = left.findIndex(which);
    return at < 0 ? undefined : left.splice(at, 1)[0]?.id;
  };
  const same = rows.map((row) => take(({ id: _id, ...was }) => sameJson(was, row)));
  return rows.map((row, index) => {
    const id = same[index] ?? take(({ segment }) => segment === row.segment);
    return id === undefined ? row : { ...row, id };
  });
}

type Kind = 'Flag' | 'Config';

function move(
  planner: Planner,
  kind: Kind,
  about: { readonly kind: 'flag' | 'config'; readonly name: string },
  from: RolloutStatus | undefined,
  to: RolloutStatus,
  id: string,
  shown: Shown,
): void {
  const carry = (verb: 'Publish' | 'Pause' | 'Resume'): boolean => planner.carry({ type: `${verb}${kind}`, id } as never, about, shown);
  if (from === to) return;
  if (to === 'DRAFT') {
    const message = `The ${about.kind} "${about.name}" is ${from?.toLowerCase()}, and never becomes a draft again. Say PAUSED.`;
    planner.refuse(`Pause${kind}`, about, illegalState(message));
  } else if (from === 'PAUSED') carry('Resume');
  else if (from === 'LIVE') carry('Pause');
  else if (carry('Publish') && to === 'PAUSED') carry('Pause');
}

export function shownFlag(name: string): Shown {
  return (state) => {
    const flag = held(state, 'flag', name, state.flags);
    return flag && exportFlag(state, flag);
  };
}

export function shownConfig(name: string): Shown {
  return (state) => {
    const config = held(state, 'config', name, state.configs);
    return config && exportConfig(state, config);
  };
}
