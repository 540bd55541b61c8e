import type { Limits } from '../../src/domain/limits';
import type { ProjectState } from '../../src/domain/project-state';

const dead = (status: string): boolean => status === 'ARCHIVED';
const isOf = (type: string | undefined, value: unknown): boolean => type === 'JSON' || typeof value === type?.toLowerCase();
const whole = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 10_000;
const distinct = (things: readonly unknown[]): boolean => new Set(things).size === things.length;

/** Every rule that can be seen broken in one state, each looked for by itself. Gives the names of the broken ones, with whom they are broken at. */
export function brokenRules(state: ProjectState, limits: Limits): string[] {
  const broken: string[] = [];
  const must = (rule: string, holds: boolean, at: unknown): void => {
    if (!holds) broken.push(`${rule} at ${JSON.stringify(at)}`);
  };
  const keys = [...state.keys.values()];
  const flags = [...state.flags.values()];
  const configs = [...state.configs.values()];
  const experiments = [...state.experiments.values()];
  const activeKey = (name: string): boolean => state.keys.get(name)?.archived === false;
  const activeSegment = (id: string | null): boolean => id === null || state.segments.get(id)?.archived === false;

  for (const key of keys) {
    must('K1', /^[A-Za-z_][A-Za-z0-9_.-]{0,119}$/.test(key.name) && state.keys.get(key.name) === key, key);
    must('K2', isOf(key.type, key.defaultValue), key);
  }
  const active = keys.filter(({ archived }) => !archived).length;
  must('K4', active <= limits.keys && active === state.activeKeys, active);

  for (const flag of flags) {
    must('E1', distinct(flag.rows.map(({ id }) => id)), flag);
    must('E4', ['DRAFT', 'LIVE', 'PAUSED', 'ARCHIVED'].includes(flag.status) && dead(flag.status) === (flag.archivedFrom !== null), flag);
    for (const row of flag.rows) {
      must('K2', isOf(state.keys.get(flag.key)?.type, row.value), flag);
      must('E7', whole(row.percentage), flag);
    }
    if (dead(flag.status)) continue;
    must('K5', activeKey(flag.key), flag);
    must('S5', flag.rows.every(({ segment }) => activeSegment(segment)), flag); // prettier-ignore
  }
  for (const config of configs) {
    must('E2', config.keys.length >= 1 && config.keys.length <= 50 && distinct(config.keys), config);
    must('E2', distinct(config.rows.map(({ id }) => id)), config);
    for (const { values } of config.rows) {
      must(
        'E2',
        values.length > 0 && values.every(({ key }) => config.keys.includes(key)) && distinct(values.map(({ key }) => key)),
        config,
      );
      must('K2', values.every(({ key, value }) => isOf(state.keys.get(key)?.type, value)), config); // prettier-ignore
    }
    if (dead(config.status)) continue;
    must('K5', config.keys.every(activeKey), config);
    must('S5', config.rows.every(({ segment }) => activeSegment(segment)), config); // prettier-ignore
  }
  must('K7', distinct(flags.filter(({ status }) => !dead(status)).map(({ key }) => key)), flags); // prettier-ignore
  must('K7', distinct(configs.filter(({ status }) => !dead(status)).flatMap((config) => config.keys)), configs); // prettier-ignore

  for (const experiment of experiments) {
    const { variants, status, goals } = experiment;
    const sizes =
      variants.length >= 2 && variants.length <= 7 && experiment.keys.length >= 1 && experiment.keys.length <= 20 && goals.length <= 5;
    must(
      'E3',
      sizes && distinct(experiment.keys) && distinct(goals.map(({ id }) => id)) && distinct(variants.map(({ id }) => id)),
      experiment,
    );
    must('E3', variants.reduce((sum, { weight }) => sum + weight, 0) === 10_000, experiment); // prettier-ignore
    must('E3', variants.filter(({ control }) => control).length === 1, experiment);
    must('E3', variants.every(({ control, values }) => control === (values.length === 0)), experiment); // prettier-ignore
    must('E7', variants.every(({ weight }) => whole(weight)) && whole(experiment.traffic), experiment); // prettier-ignore
    for (const { key, value } of variants.flatMap(({ values }) => values)) {
      must('K2', experiment.keys.includes(key) && isOf(state.keys.get(key)?.type, value), experiment);
    }
    must('E4', (status === 'DRAFT') === (experiment.started === null) || dead(status), experiment);
    must('E4', (status === 'ROLLED_OUT') === (experiment.rolledOut !== null) || dead(status), experiment);
    must('E3', goals.filter(({ role }) => role === 'PRIMARY').length <= 3, experiment);
    must(
      'E3',
      goals.every(({ role, margin }) => (role === 'GUARDRAIL') === (margin !== null)),
      experiment,
    );
    if (['DRAFT', 'RUNNING', 'ROLLED_OUT'].includes(status)) {
      must('K5', experiment.keys.every(activeKey), experiment);
      must('S5', activeSegment(experiment.audience), experiment);
    }
    if (['DRAFT', 'RUNNING'].includes(status)) must('G2', goals.every(({ id }) => state.goals.get(id)?.archived === false), experiment); // prettier-ignore
  }

  const named = (
    rule: string,
    entities: readonly { readonly name: string; readonly archived?: boolean; readonly status?: string }[],
  ): void => {
    const names = entities
      .filter(({ archived, status }) => archived !== true && status !== 'ARCHIVED')
      .map(({ name }) => name.toLowerCase());
    must(rule, distinct(names.map((name) => name.normalize('NFC').trim())), names);
  };
  named('S1', [...state.segments.values()]);
  named('G1', [...state.goals.values()]);
  named('E6', flags);
  named('E6', configs);
  named('E6', experiments);
  must('G1', [...state.goals.values()].every(({ filters }) => filters.length <= 3), state.goals); // prettier-ignore
  const room: [number, number][] = [
    [[...state.segments.values()].filter(({ archived }) => !archived).length, limits.segments],
    [[...state.goals.values()].filter(({ archived }) => !archived).length, limits.goals],
    [flags.filter(({ status }) => !dead(status)).length, limits.flags],
    [configs.filter(({ status }) => !dead(status)).length, limits.configs],
    [experiments.filter(({ status }) => !dead(status)).length, limits.experiments],
    [experiments.filter(({ status }) => status === 'RUNNING').length, limits.runningExperiments],
  ];
  must('limits', room.every(([used, limit]) => used <= limit), room); // prettier-ignore
  return broken;
}
