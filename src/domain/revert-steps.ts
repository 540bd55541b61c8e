import type { Config } from './config';
import { EXCLUSIVITY } from './exclusivity';
import type { EntityKind } from './event';
import { designOf, type Experiment } from './experiment-state';
import type { Flag } from './flag';
import type { Goal } from './goal';
import { sameJson } from './json';
import type { Key } from './key';
import type { SingleCommand } from './decider';
import type { ProjectState } from './project-state';
import { revertedRows } from './reverted-rows';
import type { Segment } from './segment';
import type { Project } from './project';

/** What there is of each kind, as it was at some version: of what a document says, that which commands can change. */
export interface Contents {
  readonly project: Pick<Project, 'name' | 'description'>;
  readonly key: Pick<Key, 'defaultValue' | 'description' | 'archived'>;
  readonly segment: Pick<Segment, 'name' | 'description' | 'rule' | 'archived'>;
  readonly goal: Pick<Goal, 'name' | 'description' | 'event' | 'filters' | 'archived'>;
  readonly exclusivity: { readonly enabled: boolean };
  readonly flag: Pick<Flag, 'name' | 'description' | 'rows' | 'status'>;
  readonly config: Pick<Config, 'name' | 'description' | 'keys' | 'rows' | 'status'>;
  readonly experiment: Pick<Experiment, 'name' | 'description' | 'audience' | 'traffic' | 'variants' | 'keys' | 'goals' | 'status'>;
}

/** One thing to bring back, and the command that would. */
export interface RevertStep {
  readonly path: string;
  readonly command: SingleCommand;
}

type StepsOf<Kind extends EntityKind> = (state: ProjectState, id: string, then: Contents[Kind]) => readonly RevertStep[] | undefined;

/** What differs, each as a command of its own, so that each can be refused for itself. undefined: there is no such thing. */
export const STEPS: { readonly [Kind in EntityKind]: StepsOf<Kind> } = {
  project: ({ project }, id, then) =>
    project?.id === id ? textSteps(project, then, (text) => ({ type: 'EditProject', id, ...text })) : undefined,

  exclusivity: ({ exclusivity }, id, { enabled }) => {
    if (id !== EXCLUSIVITY.id) return undefined;
    return enabled === exclusivity ? [] : [{ path: 'enabled', command: { type: enabled ? 'EnableExclusivity' : 'DisableExclusivity' } }];
  },

  key: ({ keys }, name, then) => {
    const now = keys.get(name);
    if (now === undefined) return undefined;
    const { defaultValue, description } = then;
    return around(
      { now: now.archived, then: then.archived },
      [
        ...differing('defaultValue', now, then, (): SingleCommand => ({ type: 'EditKey', name, defaultValue })),
        ...differing('description', now, then, (): SingleCommand => ({ type: 'EditKey', name, description })),
      ],
      { restore: { type: 'RestoreKey', name }, archive: { type: 'ArchiveKey', name } },
    );
  },

  segment: ({ segments }, id, then) => {
    const now = segments.get(id);
    if (now === undefined) return undefined;
    return around(
      { now: now.archived, then: then.archived },
      [
        ...textSteps(now, then, (text) => ({ type: 'EditSegment', id, ...text })),
        ...differing('rule', now, then, (): SingleCommand => ({ type: 'EditSegment', id, rule: then.rule })),
      ],
      { restore: { type: 'RestoreSegment', id }, archive: { type: 'ArchiveSegment', id } },
    );
  },

  goal: ({ goals }, id, then) => {
    const now = goals.get(id);
    if (now === undefined) return undefined;
    const { event, filters } = then;
    const measure: SingleCommand = { type: 'EditGoal', id, event, filters };
    return around(
      { now: now.archived, then: then.archived },
      [
        ...textSteps(now, then, (text) => ({ type: 'EditGoal', id, ...text })),
        // Together: what is measured is one thing.
        ...(sameJson({ event, filters }, { event: now.event, filters: now.filters })
          ? []
          : [{ path: event === now.event ? 'filters' : 'event', command: measure }]),
      ],
      { restore: { type: 'RestoreGoal', id }, archive: { type: 'ArchiveGoal', id } },
    );
  },

  flag: ({ flags }, id, then) => {
    const now = flags.get(id);
    if (now === undefined) return undefined;
    const rows = revertedRows(then.rows, now.rows);
    return around(
      archivedBy(now, then),
      [
        ...textSteps(now, then, (text) => ({ type: 'EditFlag', id, ...text })),
        ...differing('rows', now, { rows }, (): SingleCommand => ({ type: 'EditFlag', id, rows })),
      ],
      { restore: { type: 'RestoreFlag', id }, archive: { type: 'ArchiveFlag', id } },
    );
  },

  config: ({ configs }, id, then) => {
    const now = configs.get(id);
    if (now === undefined) return undefined;
    const { keys } = then;
    const rows = revertedRows(then.rows, now.rows);
    const sameKeys = sameJson(keys, now.keys);
    return around(
      archivedBy(now, then),
      [
        ...textSteps(now, then, (text) => ({ type: 'EditConfig', id, ...text })),
        // Together: the one may not be without the other.
        ...(sameKeys && sameJson(rows, now.rows)
          ? []
          : [{ path: sameKeys ? 'rows' : 'keys', command: { type: 'EditConfig', id, keys, rows } as const }]),
      ],
      { restore: { type: 'RestoreConfig', id }, archive: { type: 'ArchiveConfig', id } },
    );
  },

  experiment: ({ experiments }, id, then) => {
    const now = experiments.get(id);
    if (now === undefined) return undefined;
    return around(
      archivedBy(now, then),
      [...textSteps(now, then, (text) => ({ type: 'EditExperiment', id, ...text })), ...designSteps(now, then)],
      { restore: { type: 'RestoreExperiment', id }, archive: { type: 'ArchiveExperiment', id } },
    );
  },
};

/** A draft's design goes back as a whole. Of one that has started each part is asked for alone, so that each is told to be fixed. */
function designSteps(now: Experiment, then: Contents['experiment']): readonly RevertStep[] {
  const { id } = now;
  const design = { ...designOf(then), variants: revertedRows(then.variants, now.variants) };
  const parts = (['audience', 'traffic', 'variants', 'keys', 'goals'] as const).filter((part) => !sameJson(design[part], now[part]));
  const [first] = parts;
  if (first === undefined) return [];
  if (now.started === null) return [{ path: parts.length === 1 ? first : 'design', command: { type: 'EditExperiment', id, ...design } }];
  return parts.map((part) => ({ path: part, command: { type: 'EditExperiment', id, [part]: design[part] } }));
}

interface Text {
  readonly name: string;
  readonly description: string;
}

function textSteps(now: Text, then: Text, edit: (text: Partial<Text>) => SingleCommand): readonly RevertStep[] {
  return [
    ...differing('name', now, then, () => edit({ name: then.name })),
    ...differing('description', now, then, () => edit({ description: then.description })),
  ];
}

function differing<Path extends string>(
  path: Path,
  now: { readonly [path in Path]: unknown },
  then: { readonly [path in Path]: unknown },
  command: () => SingleCommand,
): readonly RevertStep[] {
  return sameJson(now[path], then[path]) ? [] : [{ path, command: command() }];
}

const archivedBy = (now: { readonly status: string }, then: { readonly status: string }) => ({
  now: now.status === 'ARCHIVED',
  then: then.status === 'ARCHIVED',
});

/** What is archived is restored before it is edited, and archived again, if it was then, after that. */
function around(
  archived: { readonly now: boolean; readonly then: boolean },
  edits: readonly RevertStep[],
  { restore, archive }: { readonly restore: SingleCommand; readonly archive: SingleCommand },
): readonly RevertStep[] {
  if (edits.length === 0 && archived.now === archived.then) return [];
  return [
    ...(archived.now ? [{ path: 'archived', command: restore }] : []),
    ...edits,
    ...(archived.then ? [{ path: 'archived', command: archive }] : []),
  ];
}
