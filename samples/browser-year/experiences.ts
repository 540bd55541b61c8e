import type { Config } from '../../src/domain/config';
import type { Flag } from '../../src/domain/flag';
import type { ProjectState } from '../../src/domain/project-state';
import type { Luck } from './luck';
import { active, valueOf, type Draw } from './parts';

const serving = <E extends { readonly status: string }>(things: Iterable<E>, ...statuses: string[]): E[] =>
  [...things].filter(({ status }) => statuses.includes(status));

const segmentFor = (state: ProjectState, luck: Luck): string | null =>
  luck.once(6) ? null : (luck.pick(active(state.segments.values()))?.id ?? null);

const typeOf = (state: ProjectState, key: string) => state.keys.get(key)?.type ?? 'JSON';

/** Someone takes the next step of a flag or config in its life. */
const nextStep = ({ id, status }: Flag | Config, kind: 'Flag' | 'Config', luck: Luck) => {
  if (status === 'ARCHIVED') return { type: `Restore${kind}` as const, id };
  if (luck.once(8)) return { type: `Archive${kind}` as const, id };
  if (status === 'DRAFT') return { type: `Publish${kind}` as const, id };
  return status === 'LIVE' ? { type: `Pause${kind}` as const, id } : { type: `Resume${kind}` as const, id };
};

export const createFlag: Draw = (state, luck) => {
  const taken = new Set(serving(state.flags.values(), 'DRAFT', 'LIVE', 'PAUSED').map(({ key }) => key));
  const key = luck.pick(active(state.keys.values()).filter(({ name }) => !taken.has(name)));
  if (!key) return undefined;
  const rows = [{ segment: segmentFor(state, luck), percentage: 100 + luck.number(900), value: valueOf(key.type, luck) }];
  return { type: 'CreateFlag', name: `${key.name} for some (${state.head.revision})`, key: key.name, rows };
};

/** Mostly a percentage goes up; now and then a row comes, goes, or takes another segment. */
export const editFlag: Draw = (state, luck) => {
  const flag = luck.pick(serving(state.flags.values(), 'DRAFT', 'LIVE', 'PAUSED'));
  if (!flag) return undefined;
  const rows: { id?: string; segment: string | null; percentage: number; value: (typeof flag.rows)[number]['value'] }[] = [...flag.rows];
  const at = luck.number(rows.length);
  const row = rows[at];
  const chance = luck.number(100);
  if (row && chance < 50) rows[at] = { ...row, percentage: Math.min(10_000, row.percentage + 100 * (1 + luck.number(20))) };
  else if (row && chance < 65) rows[at] = { ...row, segment: segmentFor(state, luck), value: valueOf(typeOf(state, flag.key), luck) };
  else if (row && rows.length > 1 && chance < 80) rows.splice(at, 1);
  else
    rows.splice(at, 0, {
      segment: segmentFor(state, luck),
      percentage: luck.number(10_000),
      value: valueOf(typeOf(state, flag.key), luck),
    });
  return { type: 'EditFlag', id: flag.id, rows: rows.slice(0, 8) };
};

export const moveFlag: Draw = (state, luck) => {
  const flag = luck.pick([...state.flags.values()]);
  return flag && nextStep(flag, 'Flag', luck);
};

export const createConfig: Draw = (state, luck) => {
  const taken = new Set(serving(state.configs.values(), 'DRAFT', 'LIVE', 'PAUSED').flatMap(({ keys }) => keys));
  const keys = luck
    .some(
      active(state.keys.values()).filter(({ name }) => !taken.has(name)),
      1 + luck.number(3),
    )
    .map(({ name }) => name);
  return keys.length === 0 ? undefined : { type: 'CreateConfig', name: `${keys[0]} (${state.head.revision})`, keys, rows: [] };
};

/** A row gets other values or another segment, a row comes or goes, or two change places. */
export const editConfig: Draw = (state, luck) => {
  const config = luck.pick(serving(state.configs.values(), 'DRAFT', 'LIVE', 'PAUSED'));
  if (!config) return undefined;
  const values = () => luck.some(config.keys, 1 + luck.number(3)).map((key) => ({ key, value: valueOf(typeOf(state, key), luck) }));
  const rows: { id?: string; segment: string | null; values: { key: string; value: ReturnType<typeof valueOf> }[] }[] = config.rows.map(
    (row) => ({ ...row, values: [...row.values] }),
  );
  const at = luck.number(rows.length);
  const row = rows[at];
  const chance = luck.number(100);
  if (row && chance < 50) rows[at] = { ...row, values: values() };
  else if (row && chance < 65) rows[at] = { ...row, segment: segmentFor(state, luck) };
  else if (row && rows.length > 1 && chance < 80) rows.push(...rows.splice(at, 1));
  else if (row && rows.length > 2 && chance < 90) rows.splice(at, 1);
  else rows.splice(at, 0, { segment: segmentFor(state, luck), values: values() });
  return { type: 'EditConfig', id: config.id, rows: rows.slice(0, 8) };
};

/** A live config is seldom stopped: a year of this is a year of a browser that goes on working. */
export const moveConfig: Draw = (state, luck) => {
  const config = luck.pick([...state.configs.values()].filter(({ status }) => status !== 'LIVE' || luck.once(10)));
  return config && nextStep(config, 'Config', luck);
};
