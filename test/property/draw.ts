import type { Json } from '../../src/domain/json';
import type { Dice } from './dice';
import type { Kind, Model, Status } from './model';
import { VALUES } from './vocabulary';

/** All of a kind that there are, archived ones included. */
export function things(model: Model, kind: Kind): ReadonlyMap<string, Thing> {
  const { keys: key, segments: segment, goals: goal, flags: flag, configs: config, experiments: experiment } = model;
  return { key, segment, goal, flag, config, experiment }[kind] as ReadonlyMap<string, Thing>;
}

interface Thing {
  readonly status?: Status;
  readonly archived?: boolean;
}

/** Those of a kind of which a command makes sense. */
export function standing(model: Model, kind: Kind, statuses: readonly Status[]): readonly string[] {
  return [...things(model, kind)]
    .filter(([, { status, archived }]) => statuses.includes(status ?? (archived === true ? 'ARCHIVED' : 'LIVE')))
    .map(([id]) => id);
}

/** Mostly one of the type. */
export function value(dice: Dice, type = 'NUMBER'): Json {
  return dice.mostly(VALUES[type] ?? [], Object.values(VALUES).flat(), 25);
}

/** Values for some of the keys; now and then for one that is not among them. */
export function values(model: Model, dice: Dice, keys: readonly string[]): { key: string; value: Json }[] {
  const chosen = dice.once(15) ? ['k1', ...keys] : dice.some(keys, dice.once(20) ? 0 : 1, keys.length);
  return chosen.map((key) => ({ key, value: value(dice, model.keys.get(key)?.type) }));
}
