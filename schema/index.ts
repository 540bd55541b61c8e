import { ArchiveManyResolver } from './archive-many';
import { ChangeResolver } from './changes';
import { ConfigResolver, ConfigRowResolver } from './config';
import { ConfigMutations } from './config-mutations';
import { LedgerEventResolver } from './event';
import { DiffResolver } from './diff';
import { ExclusivityResolver } from './exclusivity';
import { ExperimentResolver } from './experiment';
import { FrozenAudienceResolver, IntakeReferenceResolver } from './experiment-design';
import { ExperimentMutations } from './experiment-mutations';
import { FieldChangeResolver } from './field-change';
import { FlagResolver, FlagRowResolver } from './flag';
import { FlagMutations } from './flag-mutations';
import { GoalResolver } from './goal';
import { HistoryEntryResolver, HistoryResolver } from './history';
import { historyFields } from './history-fields';
import { KeyResolver } from './key';
import { MaintenanceResolver } from './maintenance';
import { RevertObstacleResolver } from './outcome';
import { ProjectResolver } from './project';
import { ProjectContents } from './project-contents';
import { ProjectListResolver } from './project-list';
import { RevertResolver } from './revert';
import { ReadModelDigestResolver } from './read-model-digest';
import { SegmentResolver } from './segment';
import { SetupResolver } from './setup';
import { SignedHeadResolver } from './signed-head';

/** Every resolver of the schema. */
export const resolvers = [
  ProjectResolver,
  ProjectContents,
  KeyResolver,
  SegmentResolver,
  GoalResolver,
  ExclusivityResolver,
  ArchiveManyResolver,
  ChangeResolver,
  ConfigResolver,
  ConfigRowResolver,
  ConfigMutations,
  ExperimentResolver,
  FrozenAudienceResolver,
  IntakeReferenceResolver,
  ExperimentMutations,
  FlagResolver,
  FlagRowResolver,
  FlagMutations,
  ProjectListResolver,
  DiffResolver,
  RevertResolver,
  RevertObstacleResolver,
  SetupResolver,
  SignedHeadResolver,
  ReadModelDigestResolver,
  LedgerEventResolver,
  FieldChangeResolver,
  MaintenanceResolver,
  HistoryResolver,
  HistoryEntryResolver,
  ...historyFields,
] as const;
