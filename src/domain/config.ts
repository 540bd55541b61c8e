import { changesText, json, keyChanges, rowAudience, rowChanges, valueChanges } from './change-words';
import { asUsed, checkChoices, checkEachRow, checkRowCount, checkValues, type KeyValue } from './choice';
import { type Concept, created, redefined } from './concept';
import type { Change, Fact } from './event';
import { sameJson } from './json';
import { Rollouts, type RolloutStatus } from './lifecycle';
import type { OnEntity } from './named-entity';
import type { ProjectState } from './project-state';
import { inUse, type Problem, type RefusalOf } from './refusal';
import { editedRows, idsGiven, numberRows, type RowInput, revertedRows } from './row';
import { usesOfConfig } from './usage';
import { entityText, keyText } from './text-part';
import { counted } from './text';

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

const configs = new Rollouts<Config>('config');

/** The types of the events and commands that flags and configs have in common. */
const TYPES = {
  renamed: 'ConfigRenamed',
  described: 'ConfigDescribed',
  published: 'ConfigPublished',
  paused: 'ConfigPaused',
  resumed: 'ConfigResumed',
  archived: 'ConfigArchived',
  restored: 'ConfigRestored',
  edit: 'EditConfig',
  publish: 'PublishConfig',
  pause: 'PauseConfig',
  resume: 'ResumeConfig',
  archive: 'ArchiveConfig',
  restore: 'RestoreConfig',
} as const;

/* commands */

interface Details {
  readonly description?: string;
  readonly rows?: readonly RowInput<ConfigRow>[];
}

type EditConfig = { readonly type: 'EditConfig'; readonly name?: string; readonly keys?: readonly string[] } & Details & OnEntity;

export type ConfigCommand =
  | ({ readonly type: 'CreateConfig'; readonly name: string; readonly keys: readonly string[] } & Details)
  | EditConfig
  | ({ readonly type: 'PublishConfig' | 'PauseConfig' | 'ResumeConfig' | 'ArchiveConfig' | 'RestoreConfig' } & OnEntity);

/* decide */

const shape = ({ segment, values }: RowInput<ConfigRow>, id: string): ConfigRow => ({
  id,
  segment: segment ?? null,
  values: values.map(({ key, value }) => ({ key, value })),
});

const checkDefinition = (
  state: ProjectState,
  keys: readonly string[],
  rows: readonly RowInput<ConfigRow>[],
  known: readonly ConfigRow[],
): readonly Problem[] => [
  ...checkChoices(state, 'key', keys, 'keys', CONFIG_KEYS),
  ...checkRowCount(rows),
  ...checkEachRow(state, rows, known, ({ values }, at) => checkValues(state, keys, values, `${at}.values`, known)),
];

/** K7 */
const keyTaken = (state: ProjectState, keys: readonly string[], ownId?: string): RefusalOf<'IN_USE'> | undefined => {
  for (const config of state.configs.values()) {
    if (config.status === 'ARCHIVED' || config.id === ownId) continue;
    const key = keys.find((name) => config.keys.includes(name));
    if (key === undefined) continue;
    const message = `The key "${key}" is already in the config "${config.name}", and a key is in at most one config.`;
    return inUse(message, [{ ...configs.ref(config), status: config.status }]);
  }
  return undefined;
};

const common = configs.common(TYPES, usesOfConfig, (state, { keys, id }) => keyTaken(state, keys, id));

export const config = {
  ...common,
  kind: 'config',
  right: 'write experiences',
  schemaVersions: { ConfigCreated: 1, ConfigRedefined: 1, ...common.schemaVersions },
  evolve: {
    ConfigCreated: configs.drafted,
    ConfigRedefined: (state, { entity, data }) =>
      configs.changed(state, entity, (was) => ({ ...data.to, rowIdsGiven: idsGiven(data.to.rows, was.rowIdsGiven) })),
    ...common.evolve,
  },
  decide: {
    CreateConfig: configs.creating(
      'ConfigCreated',
      ({ keys, rows = [] }, state) => checkDefinition(state, keys, rows, []),
      ({ keys, rows = [], description = '' }) => ({ description, keys, rows: numberRows<ConfigRow>(rows, 0, 'r', shape) }),
      (state, { keys }) => keyTaken(state, keys),
    ),
    EditConfig: configs.editing<EditConfig, RefusalOf<'IN_USE'>>(
      TYPES,
      ({ keys, rows }, was, state) =>
        keys === undefined && rows === undefined
          ? []
          : checkDefinition(asUsed(state, usesOfConfig(was)), keys ?? was.keys, rows ?? was.rows, was.rows),
      (state, was, command, entity) => {
        const from = { keys: was.keys, rows: was.rows };
        const to = { keys: command.keys ?? was.keys, rows: editedRows(command.rows, was, shape) };
        const facts = sameJson(from, to) ? [] : [{ type: 'ConfigRedefined', entity, data: { from, to } }];
        return { facts, guard: () => keyTaken(state, to.keys, was.id) };
      },
    ),
    ...common.decide,
  },
  sentence: {
    ConfigCreated: ({ entity, data }) => `created config ${entityText(entity)} of ${counted(data.keys.length, 'key')}`,
    ConfigRedefined: ({ entity, data: { from, to } }) =>
      changesText(`changed who gets what from config ${entityText(entity)}`, [
        ...keyChanges(from.keys, to.keys),
        ...rowChanges({ from: from.rows, to: to.rows }, (was, is) => valueChanges(was.values, is.values), rowText),
      ]),
    ...common.sentence,
  },
  changed: { ConfigCreated: created, ConfigRedefined: redefined, ...common.changed },
  revert: configs.reverting<Pick<Config, 'name' | 'description' | 'keys' | 'rows' | 'status'>>(TYPES, (now, { keys, ...then }) => {
    const rows = revertedRows(then.rows, now.rows);
    const sameKeys = sameJson(keys, now.keys);
    if (sameKeys && sameJson(rows, now.rows)) return [];
    // Together: the one may not be without the other.
    return [{ path: sameKeys ? 'rows' : 'keys', command: { type: 'EditConfig', id: now.id, keys, rows } }];
  }),
} as const satisfies Concept<'config', ConfigEvent, ConfigCommand>;

const rowText = ({ segment, values }: ConfigRow): string =>
  `${rowAudience(segment)}: ${values.map(({ key, value }) => `${keyText(key)} ${json(value)}`).join(', ')}`;
