import type { archiveMany } from '../domain/archive-many';
import type { CodesIn, CodesOf, SingleCommand } from '../domain/decider';
import type { revert } from '../domain/revert';
import type { RefusalCode } from '../domain/refusal';
import type { Steps } from '../domain/steps';
import type { decidingSetup } from '../setup/plan';
import type { decidingRestore } from '../setup/restore';
import type { Submission } from './execute';

/* What each command can be refused with: by its decider, by what its events do to others, and by what holds for all commands. */

export type CommandType = Submission['command']['type'];

/** The codes that the decider of each command returns. */
type Decided = { readonly [Type in SingleCommand['type']]: CodesOf<Type> } & { readonly [Type in keyof Composed]: Composed[Type] };

/** Of commands that are decided as several, without what their events do. */
type Composed = {
  readonly ArchiveMany: CodesIn<ReturnType<typeof archiveMany>>;
  readonly Revert: CodesIn<ReturnType<typeof revert>>;
  readonly ApplySetup: Exclude<CodesInSteps<ReturnType<typeof decidingSetup>>, keyof typeof BY_EVENTS>;
  readonly RestoreSetup: Exclude<CodesInSteps<ReturnType<typeof decidingRestore>>, keyof typeof BY_EVENTS>;
};
type CodesInSteps<Work> = Work extends Steps<infer D> ? CodesIn<D> : never;

const ON_EXISTING = ['NOT_FOUND', 'STALE', 'INVALID_INPUT'] as const;
const ONLY_IN_SOME_STATES = [...ON_EXISTING, 'ILLEGAL_STATE'] as const;
const CREATED = ['INVALID_INPUT', 'ALREADY_EXISTS', 'LIMIT_REACHED'] as const;
const RENAMED = [...ONLY_IN_SOME_STATES, 'ALREADY_EXISTS'] as const;
const IF_UNUSED = [...ON_EXISTING, 'IN_USE'] as const;
const RESTORED = [...ON_EXISTING, 'ALREADY_EXISTS', 'LIMIT_REACHED'] as const;
const RETURNED = [...RESTORED, 'ILLEGAL_STATE'] as const;
const WHOLE_SETUP = [...ONLY_IN_SOME_STATES, 'IN_USE', 'LIMIT_REACHED'] as const;

/** By the deciders. A code that a decider does not return does not compile here. */
const BY_DECIDERS = {
  CreateProject: ['INVALID_INPUT', 'ALREADY_EXISTS', 'ILLEGAL_STATE'],
  EditProject: ON_EXISTING,
  CreateKey: CREATED,
  EditKey: ONLY_IN_SOME_STATES,
  ArchiveKey: IF_UNUSED,
  RestoreKey: [...ON_EXISTING, 'LIMIT_REACHED'],
  CreateSegment: CREATED,
  EditSegment: RENAMED,
  CloneSegment: RESTORED,
  ArchiveSegment: IF_UNUSED,
  RestoreSegment: RESTORED,
  CreateGoal: CREATED,
  EditGoal: [...RENAMED, 'IN_USE'],
  ArchiveGoal: IF_UNUSED,
  RestoreGoal: RESTORED,
  EnableExclusivity: ON_EXISTING,
  DisableExclusivity: ON_EXISTING,
  CreateFlag: [...CREATED, 'IN_USE'],
  EditFlag: RENAMED,
  PublishFlag: ONLY_IN_SOME_STATES,
  PauseFlag: ONLY_IN_SOME_STATES,
  ResumeFlag: ONLY_IN_SOME_STATES,
  ArchiveFlag: ON_EXISTING,
  RestoreFlag: [...RETURNED, 'IN_USE'],
  CreateConfig: [...CREATED, 'IN_USE'],
  EditConfig: [...RENAMED, 'IN_USE'],
  PublishConfig: ONLY_IN_SOME_STATES,
  PauseConfig: ONLY_IN_SOME_STATES,
  ResumeConfig: ONLY_IN_SOME_STATES,
  ArchiveConfig: ON_EXISTING,
  RestoreConfig: [...RETURNED, 'IN_USE'],
  CreateExperiment: [...CREATED, 'ILLEGAL_STATE'],
  EditExperiment: RENAMED,
  StartExperiment: [...ONLY_IN_SOME_STATES, 'LIMIT_REACHED'],
  RaiseExperimentTraffic: ONLY_IN_SOME_STATES,
  ChangeExperimentTraffic: ONLY_IN_SOME_STATES,
  StopExperiment: ONLY_IN_SOME_STATES,
  RollOutExperiment: ONLY_IN_SOME_STATES,
  RecordDecision: [...ONLY_IN_SOME_STATES, 'LIMIT_REACHED'],
  ArchiveExperiment: ONLY_IN_SOME_STATES,
  RestoreExperiment: RETURNED,
  CreateHoldout: ['INVALID_INPUT', 'ALREADY_EXISTS', 'ILLEGAL_STATE'],
  EndHoldout: ON_EXISTING,
  ArchiveMany: [...IF_UNUSED, 'ILLEGAL_STATE'],
  Revert: [...ON_EXISTING, 'CANNOT_REVERT'],
  ApplySetup: WHOLE_SETUP,
  // What has a name that another thing must have is renamed for the meantime, which may find that name taken.
  RestoreSetup: [...WHOLE_SETUP, 'ALREADY_EXISTS'],
} as const satisfies { readonly [Type in CommandType]: readonly Decided[Type][] };

type Missing<Type extends CommandType> = Exclude<Decided[Type], (typeof BY_DECIDERS)[Type][number]>;
/** Nor does it compile where a code that a decider returns is missing. */
const DECIDED: { readonly [Type in CommandType]: [Missing<Type>] extends [never] ? readonly RefusalCode[] : Missing<Type> } = BY_DECIDERS;

/** By what the decided events do to experiments (X6, X7). */
export const BY_EVENTS = {
  NO_REACH: ['StartExperiment', 'RaiseExperimentTraffic', 'ChangeExperimentTraffic', 'ApplySetup', 'RestoreSetup'],
  BASELINE_OF_RUNNING: [
    'EditKey',
    'EditSegment',
    'EditFlag',
    'PublishFlag',
    'PauseFlag',
    'ResumeFlag',
    'ArchiveFlag',
    'EditConfig',
    'PublishConfig',
    'PauseConfig',
    'ResumeConfig',
    'ArchiveConfig',
    'RollOutExperiment',
    'ArchiveExperiment',
    'ArchiveMany',
    'Revert',
    'ApplySetup',
    'RestoreSetup',
  ],
} as const satisfies { readonly [Code in RefusalCode]?: readonly CommandType[] };

/** The refusals that every command can have: for its own fields, for an id that is another command's, and for more events than the event store takes at once. */
const OF_ALL = ['INVALID_INPUT', 'COMMAND_ID_REUSED', 'LIMIT_REACHED'] as const;

export const COMMAND_TYPES = Object.keys(DECIDED) as readonly CommandType[];

/** Every code that a command of this type can be refused with, each once, in alphabetical order. */
export function refusalsOf(type: CommandType): readonly RefusalCode[] {
  const byEvents = (Object.keys(BY_EVENTS) as (keyof typeof BY_EVENTS)[]).filter((code) =>
    (BY_EVENTS[code] as readonly CommandType[]).includes(type),
  );
  // Before anything is created there may be no project.
  const project = type === 'CreateProject' ? [] : (['NOT_FOUND'] as const);
  return [...new Set<RefusalCode>([...OF_ALL, ...project, ...DECIDED[type], ...byEvents])].sort();
}
