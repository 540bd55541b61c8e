import type { Config } from '../domain/config';
import { sameJson } from '../domain/json';
import type { Steps } from '../domain/steps';
import { foldName } from '../domain/text';
import { inOrder } from './export';
import type { SetupConfig } from './file';
import { held, type Planner } from './planner';
import { keepRows, planRollout, segmentId } from './plan-rollouts';

/**
 * Brings configs to what the file says, whichever of them gives up a key first that another is to have (K7): those that need none of the
 * others' keys, then those that have been freed by these, and so on. Where they wait for one another in a circle, one first lets go of what
 * it will not keep. Configs that only swap all they have stay stuck: one of them would have no key in between, which E2 forbids.
 */
export function* planConfigs(planner: Planner, wanted: readonly SetupConfig[]): Steps<void> {
  let waiting = wanted;
  while (waiting.length > 0) {
    const free = unblocked(planner, waiting);
    if (free.length === 0 && waiting.some((config) => letGo(planner, config))) continue;
    const next = free.length > 0 ? free : waiting;
    yield;
    for (const config of next) {
      planConfig(planner, config);
      yield;
    }
    const done = new Set(next);
    waiting = waiting.filter((config) => !done.has(config));
  }
}

/** Those whose keys no other holds that still waits. */
function unblocked(planner: Planner, waiting: readonly SetupConfig[]): readonly SetupConfig[] {
  const holders = new Map<string, string>();
  for (const { name } of waiting) for (const key of held(planner.state, 'config', name)?.keys ?? []) holders.set(key, foldName(name));
  return waiting.filter(({ name, keys }) => keys.every((key) => (holders.get(key) ?? foldName(name)) === foldName(name)));
}

/** Takes out of a config the keys that it is not to keep. False: it has none such, or would have no key left. */
function letGo(planner: Planner, { name, keys }: SetupConfig): boolean {
  const there = held(planner.state, 'config', name);
  const kept = there?.keys.filter((key) => keys.includes(key)) ?? [];
  if (there === undefined || kept.length === 0 || kept.length === there.keys.length) return false;
  const rows = there.rows
    .map((row) => ({ ...row, values: row.values.filter(({ key }) => kept.includes(key)) }))
    .filter(({ values }) => values.length > 0);
  return planner.carry({ type: 'EditConfig', id: there.id, keys: kept, rows }, { kind: 'config', name });
}

function planConfig(planner: Planner, wanted: SetupConfig): void {
  const { name, description, keys } = wanted;
  const rows = wanted.rows.map(({ segment, values }) => ({ segment: segmentId(planner.state, segment), values }));
  const there = held(planner.state, 'config', name);
  const command = there
    ? ({ type: 'EditConfig', id: there.id, name, description, keys, rows: kept(rows, there) } as const)
    : ({ type: 'CreateConfig', name, description, keys, rows } as const);
  planRollout(planner, 'config', command, wanted);
}

type Row = Omit<Config['rows'][number], 'id'>;

const kept = (rows: readonly Row[], { keys, rows: before }: Config) =>
  keepRows(rows, before, (was, row) => was.segment === row.segment && sameJson(inOrder(was.values, keys), inOrder(row.values, keys)));
