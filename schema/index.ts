import { ActorResolver } from './actor';
import { ActorsResolver } from './actors';
import { affectedFields } from './affected';
import { ArchiveManyResolver } from './archive-many';
import { ChangeResolver } from './changes';
import { CheckResolver } from './check';
import { configResolvers } from './config';
import { LedgerEventResolver } from './event';
import { DiffResolver } from './diff';
import { EstimateResolver, ExpectedDaysField } from './estimate';
import { EvaluationResolver } from './evaluation';
import { ExclusivityResolver, ProjectExclusivityField } from './exclusivity';
import { experimentResolvers } from './experiment';
import { resultsResolvers } from './experiment-results';
import { ExperimentGoalResolver } from './experiment-analysis';
import { FrozenAudience, FrozenAudienceResolver } from './experiment-design';
import { ReachResolver } from './experiment-reach';
import { experimentMutations } from './experiment-mutations';
import { FieldChangeResolver } from './field-change';
import { flagResolvers } from './flag';
import { ForgetActorResolver } from './forget-actor';
import { goalResolvers } from './goal';
import { HistoryResolver } from './history';
import { HistoryEntryResolver } from './history-entry';
import { historyFields } from './history-fields';
import { holdoutResolvers } from './holdout';
import { keyResolvers } from './key';
import { MaintenanceResolver } from './maintenance';
import { NodeResolver } from './thing';
import { RestoreSetupResolver } from './restore-setup';
import { RevertObstacleResolver } from './outcome';
import { LimitsField } from './limits';
import { NamesResolver } from './names';
import { OperatorsResolver } from './operators';
import { PreviewResolver } from './preview';
import { ProjectResolver } from './project';
import { ProjectListResolver } from './project-list';
import { ResultsMovedResolver } from './results-moved';
import { RevertResolver } from './revert';
import { ReadModelDigestResolver } from './read-model-digest';
import { segmentResolvers } from './segment';
import { SearchResolver } from './search';
import { ServerResolver } from './server';
import { SessionsResolver } from './sessions';
import { TokenResolver } from './token';
import { UserStoreResolver } from './user-store';
import { SetupResolver } from './setup';
import { TextPartResolver } from './text-part';
import { usageResolvers } from './usage';
import { UserActionsResolver } from './user-actions';
import { SignedHeadResolver } from './signed-head';
import { PropertyConditionResolver, ruleNodesField } from './rule-nodes';
import { CheckExperienceResolver } from './check-experience';
import { viewerMayFields } from './viewer-may';
import { ViewerResolver } from './viewer';
import { VocabularyResolver } from './vocabulary';

/** Every resolver of the schema. */
export const resolvers = [
  ActorResolver,
  ActorsResolver,
  ForgetActorResolver,
  ProjectResolver,
  ...keyResolvers,
  ...segmentResolvers,
  ...goalResolvers,
  ...holdoutResolvers,
  ExclusivityResolver,
  ProjectExclusivityField,
  ArchiveManyResolver,
  ChangeResolver,
  ...configResolvers,
  ...experimentResolvers,
  FrozenAudienceResolver,
  ruleNodesField(FrozenAudience),
  PropertyConditionResolver,
  ExperimentGoalResolver,
  ...experimentMutations,
  ...resultsResolvers,
  ResultsMovedResolver,
  PreviewResolver,
  CheckResolver,
  CheckExperienceResolver,
  OperatorsResolver,
  NamesResolver,
  LimitsField,
  SearchResolver,
  VocabularyResolver,
  ReachResolver,
  ...flagResolvers,
  ProjectListResolver,
  DiffResolver,
  EvaluationResolver,
  EstimateResolver,
  ExpectedDaysField,
  UserActionsResolver,
  RevertResolver,
  RevertObstacleResolver,
  ServerResolver,
  SessionsResolver,
  TokenResolver,
  SetupResolver,
  RestoreSetupResolver,
  SignedHeadResolver,
  ViewerResolver,
  ReadModelDigestResolver,
  LedgerEventResolver,
  FieldChangeResolver,
  TextPartResolver,
  ...usageResolvers,
  MaintenanceResolver,
  UserStoreResolver,
  NodeResolver,
  HistoryResolver,
  HistoryEntryResolver,
  ...historyFields,
  ...affectedFields,
  ...viewerMayFields,
] as const;
