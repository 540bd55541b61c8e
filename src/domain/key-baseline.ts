import type { EntityRef, Fact } from './event';
import { runningExperiments, type Experiment } from './experiment-state';
import { sameJson, type Json } from './json';
import type { ProjectState } from './project-state';

/* X7: what a key gives without the experiments that run: roll-outs, the rows of what is live with the rules of their segments, and the default. */

/** What one thing adds to the baselines of keys, by key. */
type Parts = ReadonlyMap<string, Json>;

const NO_PARTS: Parts = new Map();

interface Row {
  readonly id: string;
  readonly segment: string | null;
}

const ruleOf = ({ segments }: ProjectState, segment: string | null): Json =>
  segment === null ? null : ((segments.get(segment)?.rule as Json | undefined) ?? null);

function partsOf(state: ProjectState, { kind, id }: EntityRef): Parts {
  switch (kind) {
    case 'key': {
      const key = state.keys.get(id);
      return key === undefined ? NO_PARTS : new Map([[id, key.defaultValue]]);
    }
    case 'flag': {
      const flag = state.flags.get(id);
      if (flag?.status !== 'LIVE' || flag.rows.length === 0) return NO_PARTS;
      return new Map([[flag.key, flag.rows.map((row) => [id, row.id, ruleOf(state, row.segment), row.percentage, row.value])]]);
    }
    case 'config': {
      const config = state.configs.get(id);
      const given = config?.status === 'LIVE' ? config.rows : [];
      return grouped(
        given.flatMap((row) => row.values.map(({ key, value }) => [key, [id, row.id, ruleOf(state, row.segment), value]] as const)),
      );
    }
    case 'experiment': {
      const experiment = state.experiments.get(id);
      return experiment === undefined ? NO_PARTS : rollOutParts(experiment);
    }
    case 'segment': {
      const rule = ruleOf(state, id);
      return new Map(keysOfSegment(state, id).map((key) => [key, rule]));
    }
    default:
      return NO_PARTS;
  }
}

function rollOutParts({ id, status, rolledOut, variants, started }: Experiment): Parts {
  if (status !== 'ROLLED_OUT' || rolledOut === null) return NO_PARTS;
  const values = variants.find((variant) => variant.id === rolledOut.variant)?.values ?? [];
  const rule = (started?.audience?.rule as Json | undefined) ?? null;
  return new Map(values.map(({ key, value }) => [key, [rolledOut.revision, id, rolledOut.variant, rule, value]]));
}

function grouped(entries: readonly (readonly [string, Json])[]): Parts {
  const parts = new Map<string, Json[]>();
  for (const [key, part] of entries) parts.set(key, [...(parts.get(key) ?? []), part]);
  return parts;
}

/** The keys for which something live has a row for the segment. */
function keysOfSegment({ flags, configs }: ProjectState, segment: string): readonly string[] {
  const isFor = (row: Row): boolean => row.segment === segment;
  const keys = new Set<string>();
  for (const { status, key, rows } of flags.values()) if (status === 'LIVE' && rows.some(isFor)) keys.add(key);
  for (const { status, rows } of configs.values()) {
    if (status === 'LIVE') for (const { values } of rows.filter(isFor)) for (const { key } of values) keys.add(key);
  }
  return [...keys];
}

/** The keys whose baseline is another after a fact about the thing. */
function changedKeys(before: ProjectState, after: ProjectState, entity: EntityRef): readonly string[] {
  // A segment is looked for in all that is live, so only where its rule may have changed.
  if (entity.kind === 'segment' && before.segments.get(entity.id)?.rule === after.segments.get(entity.id)?.rule) return [];
  const [was, is] = [partsOf(before, entity), partsOf(after, entity)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((key) => !sameJson(was.get(key), is.get(key)));
}

/** What a fact changes of what control gives: the keys, and the experiments with them that run. */
export interface BaselineChange {
  readonly keys: readonly string[];
  readonly experiments: readonly Experiment[];
}

/**
 * undefined: the fact changes no baseline of an experiment that runs. One that the fact itself ends does not run any more, and no user was in one
 * that the same command starts: `head` is of the state before the command.
 */
export function baselineChange(before: ProjectState, after: ProjectState, { entity }: Fact): BaselineChange | undefined {
  const changed = changedKeys(before, after, entity);
  if (changed.length === 0) return undefined;
  const { revision: head } = before.head;
  const experiments = runningExperiments(after).filter(
    ({ keys, started }) => (started?.revision ?? 0) <= head && keys.some((key) => changed.includes(key)),
  );
  if (experiments.length === 0) return undefined;
  return { keys: changed.filter((key) => experiments.some(({ keys }) => keys.includes(key))), experiments };
}
