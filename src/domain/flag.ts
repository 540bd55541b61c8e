import { changesText, described, json, named, percent, percentChange, rowChanges, valueChange } from './change-words';
import { asUsed, cannotReturn, checkAudience, checkBasisPoints, checkChoice, checkKeyValue } from './choice';
import type { Change, EntityRef, Fact } from './event';
import { sameJson, type Json } from './json';
import { mayMove, restoredStatus, type Move, type RolloutStatus } from './lifecycle';
import { noRoom } from './limits';
import { checkText, claimName, nameTaken, releaseName, textChanges } from './naming';
import type { ProjectState } from './project-state';
import { illegalState, inUse, invalid, type Problem, type Refusal } from './refusal';
import { checkRowIds, idsGiven, numberRows, ROWS, type RowInput } from './row';
import type { Decision, DecisionContext, Evolve, Slice } from './slice';
import { nothingToCheck, onExisting, type Edit } from './targeting';
import { cleanName } from './text';
import { usesOfFlag } from './usage';

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

const change = (state: ProjectState, { id }: EntityRef, changes: Partial<Flag>): ProjectState => {
  const flag = state.flags.get(id);
  return flag ? { ...state, flags: state.flags.set(id, { ...flag, ...changes }) } : state;
};

const evolve: Evolve<FlagEvent> = {
  FlagCreated: (state, { entity: { id, name }, data }) => {
    const flag: Flag = { id, name, ...data, rowIdsGiven: idsGiven(data.rows), status: 'DRAFT', archivedFrom: null };
    return claimName({ ...state, flags: state.flags.set(id, flag) }, 'flag', name, id);
  },
  FlagRenamed: (state, { entity, data, revision }) =>
    change(claimName(releaseName(state, 'flag', data.from, { id: entity.id, revision }), 'flag', data.to, entity.id), entity, {
      name: data.to,
    }),
  FlagDescribed: (state, { entity, data }) => change(state, entity, { description: data.to }),
  FlagRowsChanged: (state, { entity, data }) =>
    change(state, entity, { rows: data.to, rowIdsGiven: idsGiven(data.to, state.flags.get(entity.id)?.rowIdsGiven) }),
  FlagPublished: (state, { entity }) => change(state, entity, { status: 'LIVE' }),
  FlagPaused: (state, { entity }) => change(state, entity, { status: 'PAUSED' }),
  FlagResumed: (state, { entity }) => change(state, entity, { status: 'LIVE' }),
  FlagArchived: (state, { entity, data, revision }) =>
    change(releaseName(state, 'flag', entity.name, { id: entity.id, revision }), entity, { status: 'ARCHIVED', archivedFrom: data.from }),
  FlagRestored: (state, { entity, data }) =>
    change(claimName(state, 'flag', entity.name, entity.id), entity, { status: data.to, archivedFrom: null }),
};

/* commands */

interface OnFlag extends Edit {
  readonly id: string;
}

interface Details {
  readonly description?: string;
  readonly rows?: readonly RowInput<FlagRow>[];
}

export type FlagCommand =
  | ({ readonly type: 'CreateFlag'; readonly name: string; readonly key: string } & Details)
  | ({ readonly type: 'EditFlag'; readonly name?: string } & Details & OnFlag)
  | ({ readonly type: 'PublishFlag' | 'PauseFlag' | 'ResumeFlag' | 'ArchiveFlag' | 'RestoreFlag' } & OnFlag);

/* decide */

const target = {
  kind: 'flag' as const,
  id: (command: OnFlag) => command.id,
  find: (state: ProjectState, id: string) => state.flags.get(id),
};

const ref = ({ id, name }: { readonly id: string; readonly name: string }): EntityRef => ({ kind: 'flag', id, name });

const shape = (row: RowInput<FlagRow>, id: string): FlagRow => ({
  id,
  segment: row.segment ?? null,
  percentage: row.percentage,
  value: row.value,
});

const checkRows = (state: ProjectState, key: string, rows: readonly RowInput<FlagRow>[], known: readonly FlagRow[]): readonly Problem[] =>
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
const keyTaken = (state: ProjectState, key: string): Refusal | undefined => {
  const holder = state.flags.find((flag) => flag.key === key && flag.status !== 'ARCHIVED');
  return (
    holder &&
    inUse(`The key "${key}" is already in the flag "${holder.name}", and a key is in at most one flag.`, [
      { ...ref(holder), status: holder.status },
    ])
  );
};

const full = (state: ProjectState, { limits }: DecisionContext): Refusal | undefined =>
  noRoom(
    'flags',
    state.flags.count(({ status }) => status !== 'ARCHIVED'),
    limits,
  );

const moving = (move: Move, type: 'FlagPublished' | 'FlagPaused' | 'FlagResumed') =>
  onExisting<Flag, OnFlag>(target, nothingToCheck, (_state, was): Decision => {
    const may = mayMove({ ...was, kind: 'flag' }, move);
    return typeof may === 'object' ? may : may ? [{ type, entity: ref(was), data: {} }] : [];
  });

export const flag: Slice<FlagEvent, FlagCommand> = {
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
      const entity = ref({ id: context.newId, name: cleanName(command.name) });
      const data = { description, key, rows: numberRows<FlagRow>(rows, 0, 'r', shape) };
      return (
        nameTaken(state, 'flag', entity.name) ?? keyTaken(state, key) ?? full(state, context) ?? [{ type: 'FlagCreated', entity, data }]
      );
    },

    EditFlag: onExisting(
      target,
      (command, was, state) => [
        ...checkText(command, was),
        ...(command.rows === undefined ? [] : checkRows(asUsed(state, usesOfFlag(was)), was.key, command.rows, was.rows)),
      ],
      (state, was, command) => {
        const text = textChanges('Flag', { ...was, kind: 'flag' }, command);
        const facts = [...text.facts];
        const rows = command.rows === undefined ? was.rows : numberRows<FlagRow>(command.rows, was.rowIdsGiven, 'r', shape);
        if (!sameJson(rows, was.rows)) facts.push({ type: 'FlagRowsChanged', entity: text.ref, data: { from: was.rows, to: rows } });
        if (facts.length === 0) return facts;
        if (was.status === 'ARCHIVED') return illegalState(`The flag "${was.name}" is archived. Restore it before you edit it.`);
        return nameTaken(state, 'flag', text.ref.name, was.id) ?? facts;
      },
    ),

    PublishFlag: moving('publish', 'FlagPublished'),
    PauseFlag: moving('pause', 'FlagPaused'),
    ResumeFlag: moving('resume', 'FlagResumed'),

    ArchiveFlag: onExisting(target, nothingToCheck, (_state, was) =>
      was.status === 'ARCHIVED' ? [] : [{ type: 'FlagArchived', entity: ref(was), data: { from: was.status } }],
    ),

    RestoreFlag: onExisting(target, nothingToCheck, (state, was, _command, context) => {
      if (was.archivedFrom === null) return [];
      const fact = { type: 'FlagRestored', entity: ref(was), data: { to: restoredStatus(was.archivedFrom) } };
      return (
        nameTaken(state, 'flag', was.name) ??
        cannotReturn(state, ref(was), usesOfFlag(was)) ??
        keyTaken(state, was.key) ??
        full(state, context) ?? [fact]
      );
    }),
  },
  sentence: {
    FlagCreated: ({ entity, data }) => `created flag ${named(entity.name)} on key ${named(data.key)}`,
    FlagRenamed: ({ data }) => `renamed flag ${named(data.from)} to ${named(data.to)}`,
    FlagDescribed: ({ entity, data }) => described(`flag ${named(entity.name)}`, data),
    FlagRowsChanged: ({ entity, data }) =>
      changesText(`changed who gets what from flag ${named(entity.name)}`, rowChanges(data, changedInRow, rowText)),
    FlagPublished: ({ entity }) => `published flag ${named(entity.name)}`,
    FlagPaused: ({ entity }) => `paused flag ${named(entity.name)}`,
    FlagResumed: ({ entity }) => `resumed flag ${named(entity.name)}`,
    FlagArchived: ({ entity }) => `archived flag ${named(entity.name)}`,
    FlagRestored: ({ entity, data }) => `restored flag ${named(entity.name)} as ${data.to.toLowerCase()}`,
  },
};

const changedInRow = (was: FlagRow, is: FlagRow): readonly string[] => [
  ...percentChange('', was.percentage, is.percentage),
  ...valueChange('value', was.value, is.value),
];

const rowText = ({ segment, percentage, value }: FlagRow): string =>
  `${percent(percentage)} of ${segment === null ? 'everyone' : 'a segment'}: ${json(value)}`;
