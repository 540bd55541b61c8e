import { changesText, counted, json, keyChanges, rowAudience, rowChanges, valueChanges } from './change-words';
import { asUsed, checkAudience, checkChoices, checkValues, type KeyValue } from './choice';
import { archivedFromStatus, changed, created, movedBetween, redefined, restoredToStatus } from './changed-fields';
import type { Concept } from './concept';
import type { Change, Fact } from './event';
import { sameJson } from './json';
import { Rollouts, type RolloutStatus } from './lifecycle';
import type { OnEntity } from './named-entity';
import { checkText, nameTaken } from './naming';
import type { ProjectState } from './project-state';
import { inUse, invalid, type Problem, type Refusal } from './refusal';
import { revertedRows } from './reverted-rows';
import { checkRowIds, idsGiven, numberRows, ROWS, type RowInput } from './row';
import type { Evolve } from './slice';
import { cleanName } from './text';
import { usesOfConfig } from './usage';
import { entityText, keyText } from './text-part';

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

const evolve: Evolve<ConfigEvent> = {
  ConfigCreated: (state, { entity: { id, name }, data }) =>
    configs.added(state, { id, name, ...data, rowIdsGiven: idsGiven(data.rows), status: 'DRAFT', archivedFrom: null }),
  ConfigRenamed: configs.renamed,
  ConfigDescribed: configs.described,
  ConfigRedefined: (state, { entity, data }) =>
    configs.changed(state, entity, (was) => ({ ...data.to, rowIdsGiven: idsGiven(data.to.rows, was.rowIdsGiven) })),
  ConfigPublished: configs.moved('LIVE'),
  ConfigPaused: configs.moved('PAUSED'),
  ConfigResumed: configs.moved('LIVE'),
  ConfigArchived: configs.archivedFromStatus,
  ConfigRestored: configs.restoredToStatus,
};

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
    return inUse(message, [{ ...configs.ref(config), status: config.status }]);
  }
  return undefined;
};

export const config = {
  kind: 'config',
  right: 'write experiences',
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
      const entity = configs.ref({ id: context.newId, name: cleanName(command.name) });
      const data = { description, keys, rows: numberRows<ConfigRow>(rows, 0, 'r', shape) };
      const fact = { type: 'ConfigCreated', entity, data };
      return nameTaken(state, 'config', entity.name) ?? keyTaken(state, keys) ?? configs.full(state, context.limits) ?? [fact];
    },

    EditConfig: configs.editing<EditConfig>(
      { renamed: 'ConfigRenamed', described: 'ConfigDescribed' },
      ({ keys, rows }, was, state) =>
        keys === undefined && rows === undefined
          ? []
          : checkDefinition(asUsed(state, usesOfConfig(was)), keys ?? was.keys, rows ?? was.rows, was.rows),
      (state, was, command, entity) => {
        const from = { keys: was.keys, rows: was.rows };
        const rows = command.rows === undefined ? was.rows : numberRows<ConfigRow>(command.rows, was.rowIdsGiven, 'r', shape);
        const to = { keys: command.keys ?? was.keys, rows };
        const facts = sameJson(from, to) ? [] : [{ type: 'ConfigRedefined', entity, data: { from, to } }];
        return { facts, guard: () => keyTaken(state, to.keys, was.id) };
      },
    ),

    PublishConfig: configs.moving('publish', 'ConfigPublished'),
    PauseConfig: configs.moving('pause', 'ConfigPaused'),
    ResumeConfig: configs.moving('resume', 'ConfigResumed'),
    ArchiveConfig: configs.archiving('ConfigArchived'),
    RestoreConfig: configs.returning('ConfigRestored', usesOfConfig, (state, { keys, id }) => keyTaken(state, keys, id)),
  },
  sentence: {
    ConfigCreated: ({ entity, data }) => `created config ${entityText(entity)} of ${counted(data.keys.length, 'key')}`,
    ConfigRenamed: configs.words.renamed,
    ConfigDescribed: configs.words.described,
    ConfigRedefined: ({ entity, data: { from, to } }) =>
      changesText(`changed who gets what from config ${entityText(entity)}`, [
        ...keyChanges(from.keys, to.keys),
        ...rowChanges({ from: from.rows, to: to.rows }, (was, is) => valueChanges(was.values, is.values), rowText),
      ]),
    ConfigPublished: configs.rolloutWords.published,
    ConfigPaused: configs.rolloutWords.paused,
    ConfigResumed: configs.rolloutWords.resumed,
    ConfigArchived: configs.words.archived,
    ConfigRestored: configs.rolloutWords.restored,
  },
  changed: {
    ConfigCreated: created,
    ConfigRenamed: changed('name'),
    ConfigDescribed: changed('description'),
    ConfigRedefined: redefined,
    ConfigPublished: movedBetween('status', 'DRAFT', 'LIVE'),
    ConfigPaused: movedBetween('status', 'LIVE', 'PAUSED'),
    ConfigResumed: movedBetween('status', 'PAUSED', 'LIVE'),
    ConfigArchived: archivedFromStatus,
    ConfigRestored: restoredToStatus,
  },
  revert: configs.reverting<Pick<Config, 'name' | 'description' | 'keys' | 'rows' | 'status'>>(
    { edit: 'EditConfig', restore: 'RestoreConfig', archive: 'ArchiveConfig' },
    (now, { keys, ...then }) => {
      const rows = revertedRows(then.rows, now.rows);
      const sameKeys = sameJson(keys, now.keys);
      if (sameKeys && sameJson(rows, now.rows)) return [];
      // Together: the one may not be without the other.
      return [{ path: sameKeys ? 'rows' : 'keys', command: { type: 'EditConfig', id: now.id, keys, rows } }];
    },
  ),
  archive: (item) => ({ type: 'ArchiveConfig', ...item }),
} as const satisfies Concept<'config', ConfigEvent, ConfigCommand>;

const rowText = ({ segment, values }: ConfigRow): string =>
  `${rowAudience(segment)}: ${values.map(({ key, value }) => `${keyText(key)} ${json(value)}`).join(', ')}`;
