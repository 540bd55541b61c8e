import { changesText, json, percent, percentChange, rowAudience, rowChanges, valueChange } from './change-words';
import { asUsed, checkAudience, checkBasisPoints, checkChoice, checkKeyValue } from './choice';
import { archivedFromStatus, changed, created, movedBetween, restoredToStatus } from './changed-fields';
import type { Concept } from './concept';
import type { Change, Fact } from './event';
import { sameJson, type Json } from './json';
import { Rollouts, type RolloutStatus } from './lifecycle';
import type { OnEntity } from './named-entity';
import { checkText, nameTaken } from './naming';
import type { ProjectState } from './project-state';
import { inUse, invalid, type Problem, type Refusal } from './refusal';
import { differing } from './revert-steps';
import { revertedRows } from './reverted-rows';
import { checkRowIds, idsGiven, numberRows, ROWS, type RowInput } from './row';
import type { Evolve } from './slice';
import { cleanName } from './text';
import { usesOfFlag } from './usage';
import { entityText, keyText } from './text-part';

/* events */

/** Who gets the value: a segment (`null`: everyone), and which part of it, in basis points (E1, E7). */
export interface FlagRow {
  readonly id: string;
  readonly segment: string | null;
  readonly percentage: number;
  readonly value: Json;
}

export type FlagEvent =
  | Fact<'FlagCreated', { readonly description: string; readonly key: string; readonly rows: readonly FlagRow[] }>
  | Fact<'FlagRenamed', Change<string>>
  | Fact<'FlagDescribed', Change<string>>
  | Fact<'FlagRowsChanged', Change<readonly FlagRow[]>>
  | Fact<'FlagPublished', Record<string, never>>
  | Fact<'FlagPaused', Record<string, never>>
  | Fact<'FlagResumed', Record<string, never>>
  | Fact<'FlagArchived', { readonly from: RolloutStatus }>
  | Fact<'FlagRestored', { readonly to: RolloutStatus }>;

/* state */

/** One key with a value for some users: ordered rows, of which the first that takes the user wins. */
export interface Flag {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly key: string;
  readonly rows: readonly FlagRow[];
  readonly rowIdsGiven: number;
  readonly status: RolloutStatus;
  /** What it was before it was archived. */
  readonly archivedFrom: RolloutStatus | null;
}

/* evolve */

const flags = new Rollouts<Flag>('flag');

const evolve: Evolve<FlagEvent> = {
  FlagCreated: (state, { entity: { id, name }, data }) =>
    flags.added(state, { id, name, ...data, rowIdsGiven: idsGiven(data.rows), status: 'DRAFT', archivedFrom: null }),
  FlagRenamed: flags.renamed,
  FlagDescribed: flags.described,
  FlagRowsChanged: (state, { entity, data }) =>
    flags.changed(state, entity, (was) => ({ rows: data.to, rowIdsGiven: idsGiven(data.to, was.rowIdsGiven) })),
  FlagPublished: flags.moved('LIVE'),
  FlagPaused: flags.moved('PAUSED'),
  FlagResumed: flags.moved('LIVE'),
  FlagArchived: flags.archivedFromStatus,
  FlagRestored: flags.restoredToStatus,
};

/* commands */

interface Details {
  readonly description?: string;
  readonly rows?: readonly RowInput<FlagRow>[];
}

type EditFlag = { readonly type: 'EditFlag'; readonly name?: string } & Details & OnEntity;

export type FlagCommand =
  | ({ readonly type: 'CreateFlag'; readonly name: string; readonly key: string } & Details)
  | EditFlag
  | ({ readonly type: 'PublishFlag' | 'PauseFlag' | 'ResumeFlag' | 'ArchiveFlag' | 'RestoreFlag' } & OnEntity);

/* decide */

const shape = (row: RowInput<FlagRow>, id: string): FlagRow => ({
  id,
  segment: row.segment ?? null,
  percentage: row.percentage,
  value: row.value,
});

/** What is wrong with rows on the key; `known`: those that the flag has. */
export const checkRows = (
  state: ProjectState,
  key: string,
  rows: readonly RowInput<FlagRow>[],
  known: readonly FlagRow[],
): readonly Problem[] =>
  rows.length > ROWS
    ? [{ path: 'rows', message: `must be at most ${ROWS} rows, not ${rows.length}` }]
    : [
        ...checkRowIds(rows, known, 'rows'),
        ...rows.flatMap((row, index) => [
          ...checkAudience(state, row.segment, `rows.${index}.segment`),
          ...checkBasisPoints(row.percentage, `rows.${index}.percentage`),
          ...checkKeyValue(state, key, row.value, `rows.${index}.value`, known),
        ]),
      ];

/** K7 */
export const keyTaken = (state: ProjectState, key: string): Refusal | undefined => {
  const holder = state.flags.find((flag) => flag.key === key && flag.status !== 'ARCHIVED');
  return (
    holder &&
    inUse(`The key "${key}" is already in the flag "${holder.name}", and a key is in at most one flag.`, [
      { ...flags.ref(holder), status: holder.status },
    ])
  );
};

export const flag = {
  kind: 'flag',
  right: 'write experiences',
  schemaVersions: {
    FlagCreated: 1,
    FlagRenamed: 1,
    FlagDescribed: 1,
    FlagRowsChanged: 1,
    FlagPublished: 1,
    FlagPaused: 1,
    FlagResumed: 1,
    FlagArchived: 1,
    FlagRestored: 1,
  },
  evolve,
  decide: {
    CreateFlag: (state, command, context) => {
      const { key, rows = [], description = '' } = command;
      const problems = [...checkText(command), ...checkChoice(state, { kind: 'key', id: key }, 'key'), ...checkRows(state, key, rows, [])];
      if (problems.length > 0) return invalid(...problems);
      const entity = flags.ref({ id: context.newId, name: cleanName(command.name) });
      const data = { description, key, rows: numberRows<FlagRow>(rows, 0, 'r', shape) };
      return (
        nameTaken(state, 'flag', entity.name) ??
        keyTaken(state, key) ??
        flags.full(state, context.limits) ?? [{ type: 'FlagCreated', entity, data }]
      );
    },

    EditFlag: flags.editing<EditFlag>(
      { renamed: 'FlagRenamed', described: 'FlagDescribed' },
      ({ rows }, was, state) => (rows === undefined ? [] : checkRows(asUsed(state, usesOfFlag(was)), was.key, rows, was.rows)),
      (_state, was, command, entity) => {
        const rows = command.rows === undefined ? was.rows : numberRows<FlagRow>(command.rows, was.rowIdsGiven, 'r', shape);
        if (sameJson(rows, was.rows)) return { facts: [] };
        return { facts: [{ type: 'FlagRowsChanged', entity, data: { from: was.rows, to: rows } }] };
      },
    ),

    PublishFlag: flags.moving('publish', 'FlagPublished'),
    PauseFlag: flags.moving('pause', 'FlagPaused'),
    ResumeFlag: flags.moving('resume', 'FlagResumed'),
    ArchiveFlag: flags.archiving('FlagArchived'),
    RestoreFlag: flags.returning('FlagRestored', usesOfFlag, (state, { key }) => keyTaken(state, key)),
  },
  sentence: {
    FlagCreated: ({ entity, data }) => `created flag ${entityText(entity)} on key ${keyText(data.key)}`,
    FlagRenamed: flags.words.renamed,
    FlagDescribed: flags.words.described,
    FlagRowsChanged: ({ entity, data }) =>
      changesText(`changed who gets what from flag ${entityText(entity)}`, rowChanges(data, changedInRow, rowText)),
    FlagPublished: flags.rolloutWords.published,
    FlagPaused: flags.rolloutWords.paused,
    FlagResumed: flags.rolloutWords.resumed,
    FlagArchived: flags.words.archived,
    FlagRestored: flags.rolloutWords.restored,
  },
  changed: {
    FlagCreated: created,
    FlagRenamed: changed('name'),
    FlagDescribed: changed('description'),
    FlagRowsChanged: changed('rows'),
    FlagPublished: movedBetween('status', 'DRAFT', 'LIVE'),
    FlagPaused: movedBetween('status', 'LIVE', 'PAUSED'),
    FlagResumed: movedBetween('status', 'PAUSED', 'LIVE'),
    FlagArchived: archivedFromStatus,
    FlagRestored: restoredToStatus,
  },
  revert: flags.reverting<Pick<Flag, 'name' | 'description' | 'rows' | 'status'>>(
    { edit: 'EditFlag', restore: 'RestoreFlag', archive: 'ArchiveFlag' },
    (now, then) => {
      const rows = revertedRows(then.rows, now.rows);
      return differing('rows', now, { rows }, () => ({ type: 'EditFlag', id: now.id, rows }));
    },
  ),
  archive: (item) => ({ type: 'ArchiveFlag', ...item }),
} as const satisfies Concept<'flag', FlagEvent, FlagCommand>;

const changedInRow = (was: FlagRow, is: FlagRow): readonly string[] => [
  ...percentChange('', was.percentage, is.percentage),
  ...valueChange('value', was.value, is.value),
];

const rowText = ({ segment, percentage, value }: FlagRow): string => `${percent(percentage)} of ${rowAudience(segment)}: ${json(value)}`;
