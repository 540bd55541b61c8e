import { changesText, counted, described, json, keyChanges, named, rowChanges, valueChanges } from './change-words';
import { asUsed, cannotReturn, checkAudience, checkChoices, checkValues, type KeyValue } from './choice';
import type { Change, EntityRef, Fact } from './event';
import { sameJson } from './json';
import { mayMove, restoredStatus, type Move, type RolloutStatus } from './lifecycle';
import { noRoom } from './limits';
import { checkText, claimName, nameTaken, releaseName, textChanges } from './naming';
import type { ProjectState } from './project-state';
import { illegalState, inUse, invalid, type Problem, type Refusal } from './refusal';
import { checkRowIds, idsGiven, numberRows, ROWS, type RowInput } from './row';
import type { Decision, DecisionContext, Evolve, Slice } from './slice';
import { nothingToCheck, onExisting, type Edit } from './targeting';
import { cleanName } from './text';
import { usesOfConfig } from './usage';

/** E2: a config has 1 to 50 keys. */
export const CONFIG_KEYS = [1, 50] as const;

/* events */

/** Who gets which values: a segment (`null`: everyone), and values for some or all of the config's keys (E2). */
export interface ConfigRow {
  readonly id: string;
  readonly segment: string | null;
  readonly values: readonly KeyValue[];
}

interface Definition {
  readonly keys: readonly string[];
  readonly rows: readonly ConfigRow[];
}

export type ConfigEvent =
  | Fact<'ConfigCreated', Definition & { readonly description: string }>
  | Fact<'ConfigRenamed', Change<string>>
  | Fact<'ConfigDescribed', Change<string>>
  | Fact<'ConfigRedefined', Change<Definition>>
  | Fact<'ConfigPublished', Record<string, never>>
  | Fact<'ConfigPaused', Record<string, never>>
  | Fact<'ConfigResumed', Record<string, never>>
  | Fact<'ConfigArchived', { readonly from: RolloutStatus }>
  | Fact<'ConfigRestored', { readonly to: RolloutStatus }>;

/* state */

/** Several keys with values per segment: ordered rows, of which the first that matches wins, key by key. */
export interface Config extends Definition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rowIdsGiven: number;
  readonly status: RolloutStatus;
  /** What it was before it was archived. */
  readonly archivedFrom: RolloutStatus | null;
}

/* evolve */

const change = (state: ProjectState, { id }: EntityRef, changes: Partial<Config>): ProjectState => {
  const config = state.configs.get(id);
  return config ? { ...state, configs: state.configs.set(id, { ...config, ...changes }) } : state;
};

const evolve: Evolve<ConfigEvent> = {
  ConfigCreated: (state, { entity: { id, name }, data }) => {
    const config: Config = { id, name, ...data, rowIdsGiven: idsGiven(data.rows), status: 'DRAFT', archivedFrom: null };
    return claimName({ ...state, configs: state.configs.set(id, config) }, 'config', name, id);
  },
  ConfigRenamed: (state, { entity, data, revision }) =>
    change(claimName(releaseName(state, 'config', data.from, { id: entity.id, revision }), 'config', data.to, entity.id), entity, {
      name: data.to,
    }),
  ConfigDescribed: (state, { entity, data }) => change(state, entity, { description: data.to }),
  ConfigRedefined: (state, { entity, data }) =>
    change(state, entity, { ...data.to, rowIdsGiven: idsGiven(data.to.rows, state.configs.get(entity.id)?.rowIdsGiven) }),
  ConfigPublished: (state, { entity }) => change(state, entity, { status: 'LIVE' }),
  ConfigPaused: (state, { entity }) => change(state, entity, { status: 'PAUSED' }),
  ConfigResumed: (state, { entity }) => change(state, entity, { status: 'LIVE' }),
  ConfigArchived: (state, { entity, data, revision }) =>
    change(releaseName(state, 'config', entity.name, { id: entity.id, revision }), entity, { status: 'ARCHIVED', archivedFrom: data.from }),
  ConfigRestored: (state, { entity, data }) =>
    change(claimName(state, 'config', entity.name, entity.id), entity, { status: data.to, archivedFrom: null }),
};

/* commands */

interface OnConfig extends Edit {
  readonly id: string;
}

interface Details {
  readonly description?: string;
  readonly rows?: readonly RowInput<ConfigRow>[];
}

export type ConfigCommand =
  | ({ readonly type: 'CreateConfig'; readonly name: string; readonly keys: readonly string[] } & Details)
  | ({ readonly type: 'EditConfig'; readonly name?: string; readonly keys?: readonly string[] } & Details & OnConfig)
  | ({ readonly type: 'PublishConfig' | 'PauseConfig' | 'ResumeConfig' | 'ArchiveConfig' | 'RestoreConfig' } & OnConfig);

/* decide */

const target = {
  kind: 'config' as const,
  id: (command: OnConfig) => command.id,
  find: (state: ProjectState, id: string) => state.configs.get(id),
};

const ref = ({ id, name }: { readonly id: string; readonly name: string }): EntityRef => ({ kind: 'config', id, name });

const shape = (row: RowInput<ConfigRow>, id: string): ConfigRow => ({
  id,
  segment: row.segment ?? null,
  values: row.values.map(({ key, value }) => ({ key, value })),
});

const checkDefinition = (
  state: ProjectState,
  keys: readonly string[],
  rows: readonly RowInput<ConfigRow>[],
  known: readonly ConfigRow[],
): readonly Problem[] => [
  ...checkChoices(state, 'key', keys, 'keys', CONFIG_KEYS),
  ...(rows.length > ROWS ? [{ path: 'rows', message: `must be at most ${ROWS} rows, not ${rows.length}` }] : []),
  ...checkRowIds(rows.slice(0, ROWS), known, 'rows'),
  ...rows
    .slice(0, ROWS)
    .flatMap((row, index) => [
      ...checkAudience(state, row.segment, `rows.${index}.segment`),
      ...checkValues(state, keys, row.values, `rows.${index}.values`, known),
    ]),
];

/** K7 */
const keyTaken = (state: ProjectState, keys: readonly string[], ownId?: string): Refusal | undefined => {
  for (const config of state.configs.values()) {
    if (config.status === 'ARCHIVED' || config.id === ownId) continue;
    const key = keys.find((name) => config.keys.includes(name));
    if (key === undefined) continue;
    const message = `The key "${key}" is already in the config "${config.name}", and a key is in at most one config.`;
    return inUse(message, [{ ...ref(config), status: config.status }]);
  }
  return undefined;
};

const full = (state: ProjectState, { limits }: DecisionContext): Refusal | undefined =>
  noRoom(
    'configs',
    state.configs.count(({ status }) => status !== 'ARCHIVED'),
    limits,
  );

const moving = (move: Move, type: 'ConfigPublished' | 'ConfigPaused' | 'ConfigResumed') =>
  onExisting<Config, OnConfig>(target, nothingToCheck, (_state, was): Decision => {
    const may = mayMove({ ...was, kind: 'config' }, move);
    return typeof may === 'object' ? may : may ? [{ type, entity: ref(was), data: {} }] : [];
  });

export const config: Slice<ConfigEvent, ConfigCommand> = {
  schemaVersions: {
    ConfigCreated: 1,
    ConfigRenamed: 1,
    ConfigDescribed: 1,
    ConfigRedefined: 1,
    ConfigPublished: 1,
    ConfigPaused: 1,
    ConfigResumed: 1,
    ConfigArchived: 1,
    ConfigRestored: 1,
  },
  evolve,
  decide: {
    CreateConfig: (state, command, context) => {
      const { keys, rows = [], description = '' } = command;
      const problems = [...checkText(command), ...checkDefinition(state, keys, rows, [])];
      if (problems.length > 0) return invalid(...problems);
      const entity = ref({ id: context.newId, name: cleanName(command.name) });
      const data = { description, keys, rows: numberRows<ConfigRow>(rows, 0, 'r', shape) };
      const fact = { type: 'ConfigCreated', entity, data };
      return nameTaken(state, 'config', entity.name) ?? keyTaken(state, keys) ?? full(state, context) ?? [fact];
    },

    EditConfig: onExisting(
      target,
      ({ keys, rows, ...text }, was, state) => [
        ...checkText(text, was),
        ...(keys === undefined && rows === undefined
          ? []
          : checkDefinition(asUsed(state, usesOfConfig(was)), keys ?? was.keys, rows ?? was.rows, was.rows)),
      ],
      (state, was, command) => {
        const text = textChanges('Config', { ...was, kind: 'config' }, command);
        const facts = [...text.facts];
        const from = { keys: was.keys, rows: was.rows };
        const rows = command.rows === undefined ? was.rows : numberRows<ConfigRow>(command.rows, was.rowIdsGiven, 'r', shape);
        const to = { keys: command.keys ?? was.keys, rows };
        if (!sameJson(from, to)) facts.push({ type: 'ConfigRedefined', entity: text.ref, data: { from, to } });
        if (facts.length === 0) return facts;
        if (was.status === 'ARCHIVED') return illegalState(`The config "${was.name}" is archived. Restore it before you edit it.`);
        return nameTaken(state, 'config', text.ref.name, was.id) ?? keyTaken(state, to.keys, was.id) ?? facts;
      },
    ),

    PublishConfig: moving('publish', 'ConfigPublished'),
    PauseConfig: moving('pause', 'ConfigPaused'),
    ResumeConfig: moving('resume', 'ConfigResumed'),

    ArchiveConfig: onExisting(target, nothingToCheck, (_state, was) =>
      was.status === 'ARCHIVED' ? [] : [{ type: 'ConfigArchived', entity: ref(was), data: { from: was.status } }],
    ),

    RestoreConfig: onExisting(target, nothingToCheck, (state, was, _command, context) => {
      if (was.archivedFrom === null) return [];
      const fact = { type: 'ConfigRestored', entity: ref(was), data: { to: restoredStatus(was.archivedFrom) } };
      return (
        nameTaken(state, 'config', was.name) ??
        cannotReturn(state, ref(was), usesOfConfig(was)) ??
        keyTaken(state, was.keys, was.id) ??
        full(state, context) ?? [fact]
      );
    }),
  },
  sentence: {
    ConfigCreated: ({ entity, data }) => `created config ${named(entity.name)} of ${counted(data.keys.length, 'key')}`,
    ConfigRenamed: ({ data }) => `renamed config ${named(data.from)} to ${named(data.to)}`,
    ConfigDescribed: ({ entity, data }) => described(`config ${named(entity.name)}`, data),
    ConfigRedefined: ({ entity, data: { from, to } }) =>
      changesText(`changed who gets what from config ${named(entity.name)}`, [
        ...keyChanges(from.keys, to.keys),
        ...rowChanges({ from: from.rows, to: to.rows }, (was, is) => valueChanges(was.values, is.values), rowText),
      ]),
    ConfigPublished: ({ entity }) => `published config ${named(entity.name)}`,
    ConfigPaused: ({ entity }) => `paused config ${named(entity.name)}`,
    ConfigResumed: ({ entity }) => `resumed config ${named(entity.name)}`,
    ConfigArchived: ({ entity }) => `archived config ${named(entity.name)}`,
    ConfigRestored: ({ entity, data }) => `restored config ${named(entity.name)} as ${data.to.toLowerCase()}`,
  },
};

const rowText = ({ segment, values }: ConfigRow): string =>
  `${segment === null ? 'everyone' : 'a segment'}: ${values.map(({ key, value }) => `${named(key)} ${json(value)}`).join(', ')}`;
