import { changesText, json, percent, percentChange, rowAudience, rowChanges, valueChange } from './change-words';
import { asUsed, checkBasisPoints, checkChoice, checkEachRow, checkKeyValue, checkRowCount } from './choice';
import { type Concept, changed, created } from './concept';
import type { Change, Fact } from './event';
import { sameJson, type Json } from './json';
import { Rollouts, type RolloutStatus } from './lifecycle';
import type { OnEntity } from './named-entity';
import type { ProjectState } from './project-state';
import { inUse, type Problem, type RefusalOf } from './refusal';
import { differing } from './revert-steps';
import { editedRows, idsGiven, numberRows, ROWS, type RowInput, revertedRows } from './row';
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

/** The types of the events and commands that flags and configs have in common. */
const TYPES = {
  renamed: 'FlagRenamed',
  described: 'FlagDescribed',
  published: 'FlagPublished',
  paused: 'FlagPaused',
  resumed: 'FlagResumed',
  archived: 'FlagArchived',
  restored: 'FlagRestored',
  edit: 'EditFlag',
  publish: 'PublishFlag',
  pause: 'PauseFlag',
  resume: 'ResumeFlag',
  archive: 'ArchiveFlag',
  restore: 'RestoreFlag',
} as const;

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

const shape = ({ segment, percentage, value }: RowInput<FlagRow>, id: string): FlagRow => ({
  id,
  segment: segment ?? null,
  percentage,
  value,
});

/** What is wrong with rows on the key; `known`: those that the flag has. */
export const checkRows = (
  state: ProjectState,
  key: string,
  rows: readonly RowInput<FlagRow>[],
  known: readonly FlagRow[],
): readonly Problem[] =>
  rows.length > ROWS
    ? checkRowCount(rows)
    : checkEachRow(state, rows, known, ({ percentage, value }, at) => [
        ...checkBasisPoints(percentage, `${at}.percentage`),
        ...checkKeyValue(state, key, value, `${at}.value`, known),
      ]);

/** K7 */
export const keyTaken = (state: ProjectState, key: string): RefusalOf<'IN_USE'> | undefined => {
  const holder = state.flags.find((flag) => flag.key === key && flag.status !== 'ARCHIVED');
  return (
    holder &&
    inUse(`The key "${key}" is already in the flag "${holder.name}", and a key is in at most one flag.`, [
      { ...flags.ref(holder), status: holder.status },
    ])
  );
};

const common = flags.common(TYPES, usesOfFlag, (state, { key }) => keyTaken(state, key));

export const flag = {
  ...common,
  kind: 'flag',
  right: 'write experiences',
  schemaVersions: { FlagCreated: 1, FlagRowsChanged: 1, ...common.schemaVersions },
  evolve: {
    FlagCreated: flags.drafted,
    FlagRowsChanged: (state, { entity, data }) =>
      flags.changed(state, entity, (was) => ({ rows: data.to, rowIdsGiven: idsGiven(data.to, was.rowIdsGiven) })),
    ...common.evolve,
  },
  decide: {
    CreateFlag: flags.creating(
      'FlagCreated',
      ({ key, rows = [] }, state) => [...checkChoice(state, { kind: 'key', id: key }, 'key'), ...checkRows(state, key, rows, [])],
      ({ key, rows = [], description = '' }) => ({ description, key, rows: numberRows<FlagRow>(rows, 0, 'r', shape) }),
      (state, { key }) => keyTaken(state, key),
    ),
    EditFlag: flags.editing<EditFlag>(
      TYPES,
      ({ rows }, was, state) => (rows === undefined ? [] : checkRows(asUsed(state, usesOfFlag(was)), was.key, rows, was.rows)),
      (_state, was, command, entity) => {
        const rows = editedRows(command.rows, was, shape);
        if (sameJson(rows, was.rows)) return { facts: [] };
        return { facts: [{ type: 'FlagRowsChanged', entity, data: { from: was.rows, to: rows } }] };
      },
    ),
    ...common.decide,
  },
  sentence: {
    FlagCreated: ({ entity, data }) => `created flag ${entityText(entity)} on key ${keyText(data.key)}`,
    FlagRowsChanged: ({ entity, data }) =>
      changesText(`changed who gets what from flag ${entityText(entity)}`, rowChanges(data, changedInRow, rowText)),
    ...common.sentence,
  },
  changed: { FlagCreated: created, FlagRowsChanged: changed('rows'), ...common.changed },
  revert: flags.reverting<Pick<Flag, 'name' | 'description' | 'rows' | 'status'>>(TYPES, (now, then) => {
    const rows = revertedRows(then.rows, now.rows);
    return differing('rows', now, { rows }, () => ({ type: 'EditFlag', id: now.id, rows }));
  }),
} as const satisfies Concept<'flag', FlagEvent, FlagCommand>;

const changedInRow = (was: FlagRow, is: FlagRow): readonly string[] => [
  ...percentChange('', was.percentage, is.percentage),
  ...valueChange('value', was.value, is.value),
];

const rowText = ({ segment, percentage, value }: FlagRow): string => `${percent(percentage)} of ${rowAudience(segment)}: ${json(value)}`;
