
      export interface PossibleTypesResultData {
        possibleTypes: {
          [key: string]: string[]
        }
      }
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "AcceptUserStoreLossResult": [
      "IllegalState",
      "UserStoreState"
    ],
    "ApplySetupResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NoReach",
      "NotFound",
      "Preview",
      "SetupApplied",
      "Stale"
    ],
    "ArchiveConfigResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Config",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ArchiveExperimentResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ArchiveFlagResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Flag",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ArchiveGoalResult": [
      "Accepted",
      "CommandIdReused",
      "Goal",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ArchiveKeyResult": [
      "Accepted",
      "CommandIdReused",
      "InUse",
      "InvalidInput",
      "Key",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ArchiveManyResult": [
      "Accepted",
      "ArchivedMany",
      "BaselineOfRunning",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ArchiveSegmentResult": [
      "Accepted",
      "CommandIdReused",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Segment",
      "Stale"
    ],
    "ChangeExperimentTrafficResult": [
      "Accepted",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NoReach",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ChangeFeedItem": [
      "CaughtUp",
      "Change",
      "Heartbeat",
      "Parked"
    ],
    "ClearOverrideResult": [
      "ClearedOverride",
      "InvalidInput",
      "NotFound"
    ],
    "CloneSegmentResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Segment",
      "Stale"
    ],
    "CreateConfigResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Config",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview"
    ],
    "CreateExperimentResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview"
    ],
    "CreateFlagResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Flag",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview"
    ],
    "CreateGoalResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Goal",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview"
    ],
    "CreateHoldoutResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Holdout",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview"
    ],
    "CreateKeyResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "InvalidInput",
      "Key",
      "LimitReached",
      "NotFound",
      "Preview"
    ],
    "CreateProjectResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "Preview",
      "Project"
    ],
    "CreateSegmentResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Segment"
    ],
    "DisableExclusivityResult": [
      "Accepted",
      "CommandIdReused",
      "Exclusivity",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "DiscardReadModelsResult": [
      "DiscardedReadModels"
    ],
    "EditConfigResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CommandIdReused",
      "Config",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "EditExperimentResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "EditFlagResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CommandIdReused",
      "Flag",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "EditGoalResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Goal",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "EditKeyResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "IllegalState",
      "InvalidInput",
      "Key",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "EditProjectResult": [
      "Accepted",
      "CommandIdReused",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Project",
      "Stale"
    ],
    "EditSegmentResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CommandIdReused",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Segment",
      "Stale"
    ],
    "EnableExclusivityResult": [
      "Accepted",
      "CommandIdReused",
      "Exclusivity",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "EndHoldoutResult": [
      "Accepted",
      "CommandIdReused",
      "Holdout",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "EndSessionResult": [
      "EndedSessions",
      "InvalidInput"
    ],
    "EndSessionsOfResult": [
      "EndedSessions",
      "InvalidInput"
    ],
    "Entity": [
      "Config",
      "Exclusivity",
      "Experiment",
      "Flag",
      "Goal",
      "Holdout",
      "Key",
      "Project",
      "Segment"
    ],
    "ForceVariantResult": [
      "ForcedVariant",
      "IllegalState",
      "InvalidInput",
      "NotFound"
    ],
    "ForgetActorResult": [
      "ForgottenActor",
      "InvalidInput"
    ],
    "ForgetUserResult": [
      "ForgottenUser",
      "InvalidInput",
      "NotFound"
    ],
    "IssueTokenResult": [
      "InvalidInput",
      "IssuedToken"
    ],
    "Node": [
      "Config",
      "Exclusivity",
      "Experiment",
      "Flag",
      "Goal",
      "Holdout",
      "Key",
      "Project",
      "Segment"
    ],
    "PauseConfigResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Config",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "PauseFlagResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Flag",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "PlanResult": [
      "InvalidInput",
      "NotFound",
      "Plan"
    ],
    "PublishConfigResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Config",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "PublishFlagResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Flag",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RaiseExperimentTrafficResult": [
      "Accepted",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NoReach",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RebuildReadModelsResult": [
      "IllegalState",
      "ReadModelsUnderWay"
    ],
    "RebuildUserStoreResult": [
      "RebuiltUserStore"
    ],
    "RecordDecisionResult": [
      "Accepted",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "Refusal": [
      "AlreadyExists",
      "BaselineOfRunning",
      "CannotRevert",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NoReach",
      "NotFound",
      "Stale",
      "StillParked"
    ],
    "RestoreConfigResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Config",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RestoreExperimentResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RestoreFlagResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Flag",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RestoreGoalResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Goal",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RestoreKeyResult": [
      "Accepted",
      "CommandIdReused",
      "InvalidInput",
      "Key",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RestoreSegmentResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Segment",
      "Stale"
    ],
    "RestoreSetupResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NoReach",
      "NotFound",
      "Preview",
      "SetupApplied",
      "Stale"
    ],
    "ResumeConfigResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Config",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ResumeFlagResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Flag",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "RevertResult": [
      "Accepted",
      "BaselineOfRunning",
      "CannotRevert",
      "CommandIdReused",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Reverted",
      "Stale"
    ],
    "RollBackReadModelsResult": [
      "IllegalState",
      "ReadModelsUnderWay"
    ],
    "RollOutExperimentResult": [
      "Accepted",
      "BaselineOfRunning",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "SignHeadResult": [
      "NotFound",
      "SignedHead"
    ],
    "StartExperimentResult": [
      "Accepted",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NoReach",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "StopExperimentResult": [
      "Accepted",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "UnparkProjectResult": [
      "NotFound",
      "StillParked",
      "UnparkedProject"
    ]
  }
};
      export default result;
    