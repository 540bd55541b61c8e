import type { Limits } from '../../src/domain/limits';
import type { SingleCommand } from '../../src/domain/decider';
import type { Plan } from './expectation';
import { archivedGuard, effect, keyGuard, numbered, basisPoints, rowsFit, text, valuesFit, when } from './expect-parts';
import {
  badDescription,
  badName,
  choosable,
  fits,
  nameGuard,
  refused,
  roomGuard,
  same,
  type ConfigModel,
  type FlagModel,
  type Model,
  type Refused,
} from './model';

/** What the rules say of flags and configs; undefined for a command on anything else. */
export function planExperience(model: Model, command: SingleCommand, newId: string, limits: Limits): Plan | undefined {
  switch (command.type) {
    case 'CreateFlag': {
      const { name, description = '', key, rows = [] } = command;
      const valid = choosable(model.keys, [key]) && rowsFit(model, rows, []) && rows.every((row) => flagRowFits(model, key, row));
      return {
        invalid: !valid || badName(name) || badDescription(description),
        guards: () => [
          ...nameGuard(model.flags, name),
          ...keyGuard(model.flags, [key], ({ key: held }) => [held]),
          ...roomGuard(model.flags, limits.flags),
        ],
        effects: () => [
          effect('FlagCreated', `flag:${newId}`, () => {
            const flag: FlagModel = {
              name: name.normalize('NFC').trim(),
              description,
              key,
              rows: [],
              status: 'DRAFT',
              before: null,
              given: 0,
            };
            flag.rows = numbered(flag, rows, 'r', flagRow);
            model.flags.set(newId, flag);
          }),
        ],
      };
    }
    case 'EditFlag': {
      const flag = model.flags.get(command.id);
      if (flag === undefined) return 'missing';
      const { id, rows } = command;
      const valid = rows === undefined || (rowsFit(model, rows, flag.rows) && rows.every((row) => flagRowFits(model, flag.key, row)));
      return {
        entity: `flag:${id}`,
        invalid: !valid || badName(command.name) || badDescription(command.description),
        guards: () => [...archivedGuard(flag.status), ...(command.name === undefined ? [] : nameGuard(model.flags, command.name, id))],
        effects: () => [
          ...text('Flag', `flag:${id}`, flag, command),
          ...when(
            rows !== undefined && !same(numbered({ ...flag }, rows, 'r', flagRow), flag.rows),
            'FlagRowsChanged',
            `flag:${id}`,
            () => {
              flag.rows = numbered(flag, rows ?? [], 'r', flagRow);
            },
          ),
        ],
      };
    }
    case 'CreateConfig': {
      const { name, description = '', keys, rows = [] } = command;
      return {
        invalid: badName(name) || badDescription(description) || !configFits(model, keys, rows),
        guards: () => [
          ...nameGuard(model.configs, name),
          ...keyGuard(model.configs, keys, (other) => other.keys),
          ...roomGuard(model.configs, limits.configs),
        ],
        effects: () => [
          effect('ConfigCreated', `config:${newId}`, () => {
            const clean = name.normalize('NFC').trim();
            const config: ConfigModel = { name: clean, description, keys: [...keys], rows: [], status: 'DRAFT', before: null, given: 0 };
            config.rows = numbered(config, rows, 'r', configRow);
            model.configs.set(newId, config);
          }),
        ],
      };
    }
    case 'EditConfig': {
      const config = model.configs.get(command.id);
      if (config === undefined) return 'missing';
      const { id, keys = config.keys, rows = config.rows } = command;
      const touched = command.keys !== undefined || command.rows !== undefined;
      return {
        entity: `config:${id}`,
        invalid: badName(command.name) || badDescription(command.description) || (touched && !configFits(model, keys, rows, config)),
        guards: () => [
          ...archivedGuard(config.status),
          ...(command.name === undefined ? [] : nameGuard(model.configs, command.name, id)),
          ...keyGuard(model.configs, keys, (other) => other.keys, id),
        ],
        effects: () => {
          const now = { keys: [...keys], rows: command.rows === undefined ? config.rows : numbered({ ...config }, rows, 'r', configRow) };
          return [
            ...text('Config', `config:${id}`, config, command),
            ...when(!same(now, { keys: config.keys, rows: config.rows }), 'ConfigRedefined', `config:${id}`, () => {
              if (command.rows !== undefined) config.rows = numbered(config, rows, 'r', configRow);
              config.keys = [...keys];
            }),
          ];
        },
      };
    }
    case 'PublishFlag':
    case 'PauseFlag':
    case 'ResumeFlag':
    case 'ArchiveFlag':
    case 'RestoreFlag': {
      const flag = model.flags.get(command.id);
      const fresh = () =>
        choosable(model.keys, [flag?.key ?? null]) && choosable(model.segments, flag?.rows.map(({ segment }) => segment) ?? []);
      const held = () => keyGuard(model.flags, [flag?.key ?? ''], ({ key }) => [key], command.id);
      return move('Flag', command, flag, () => [
        ...nameGuard(model.flags, flag?.name ?? '', command.id),
        ...(fresh() ? [] : [refused('ILLEGAL_STATE')]),
        ...held(),
        ...roomGuard(model.flags, limits.flags),
      ]);
    }
    case 'PublishConfig':
    case 'PauseConfig':
    case 'ResumeConfig':
    case 'ArchiveConfig':
    case 'RestoreConfig': {
      const config = model.configs.get(command.id);
      const fresh = () =>
        choosable(model.keys, config?.keys ?? []) && choosable(model.segments, config?.rows.map(({ segment }) => segment) ?? []);
      return move('Config', command, config, () => [
        ...nameGuard(model.configs, config?.name ?? '', command.id),
        ...(fresh() ? [] : [refused('ILLEGAL_STATE')]),
        ...keyGuard(model.configs, config?.keys ?? [], (other) => other.keys, command.id),
        ...roomGuard(model.configs, limits.configs),
      ]);
    }
    default:
      return undefined;
  }
}

/** E4: the status of a flag or config, and the one that each move leads to. A move to the status that it has changes nothing. */
const PATHS = { Publish: ['DRAFT', 'LIVE'], Pause: ['LIVE', 'PAUSED'], Resume: ['PAUSED', 'LIVE'] } as const;
const PAST = { Publish: 'Published', Pause: 'Paused', Resume: 'Resumed' } as const;

function move(
  prefix: 'Flag' | 'Config',
  { type, id }: { readonly type: string; readonly id: string },
  thing: FlagModel | ConfigModel | undefined,
  comeBack: () => Refused[],
): Plan {
  if (thing === undefined) return 'missing';
  const entity = `${prefix.toLowerCase()}:${id}`;
  const verb = type.slice(0, -prefix.length);
  if (verb === 'Archive') {
    const happens = () => Object.assign(thing, { before: thing.status, status: 'ARCHIVED' });
    return { entity, guards: () => [], effects: () => when(thing.status !== 'ARCHIVED', `${prefix}Archived`, entity, happens) };
  }
  if (verb === 'Restore') {
    const happens = () => Object.assign(thing, { before: null, status: thing.before === 'DRAFT' ? 'DRAFT' : 'PAUSED' });
    return { entity, guards: comeBack, effects: () => when(thing.status === 'ARCHIVED', `${prefix}Restored`, entity, happens) };
  }
  const [from, to] = PATHS[verb as keyof typeof PATHS];
  const happens = () => (thing.status = to);
  return {
    entity,
    guards: () => (thing.status === from ? [] : [refused('ILLEGAL_STATE')]),
    effects: () => when(thing.status !== to, `${prefix}${PAST[verb as keyof typeof PAST]}`, entity, happens),
  };
}

type FlagRowInput = {
  readonly segment?: string | null;
  readonly percentage: number;
  readonly value: ConfigModel['rows'][number]['values'][number]['value'];
};
const flagRowFits = (model: Model, key: string, { percentage, value }: FlagRowInput): boolean =>
  basisPoints(percentage) && fits(model.keys.get(key)?.type, value);
const flagRow = ({ segment = null, percentage, value }: FlagRowInput, id: string): FlagModel['rows'][number] => ({
  id,
  segment,
  percentage,
  value,
});

type ConfigRowInput = {
  readonly id?: string | null;
  readonly segment?: string | null;
  readonly values: ConfigModel['rows'][number]['values'];
};
const configRow = ({ segment = null, values }: { readonly segment?: string | null; readonly values: readonly unknown[] }, id: string) =>
  ({ id, segment, values: [...values] }) as ConfigModel['rows'][number];

function configFits(model: Model, keys: readonly string[], rows: readonly unknown[], was?: ConfigModel): boolean {
  const inputs = rows as readonly ConfigRowInput[];
  const chosen = keys.length >= 1 && keys.length <= 50 && new Set(keys).size === keys.length && choosable(model.keys, keys, was?.keys);
  return chosen && rowsFit(model, inputs, was?.rows ?? []) && inputs.every(({ values }) => valuesFit(model, keys, values));
}
