
      export interface PossibleTypesResultData {
        possibleTypes: {
          [key: string]: string[]
        }
      }
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "ApplySetupResult": [
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
    "ArchiveManyResult": [
      "Accepted",
      "AlreadyExists",
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
    "ChangeFeedItem": [
      "CaughtUp",
      "Change",
      "Heartbeat",
      "Parked"
    ],
    "ClearedOverrideResult": [
      "ClearedOverride",
      "InvalidInput",
      "NotFound"
    ],
    "ConfigResult": [
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
    "EndSessionsResult": [
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
    "ExclusivityResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Exclusivity",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "ExperimentResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NoReach",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "FlagResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
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
    "ForcedVariantResult": [
      "ForcedVariant",
      "IllegalState",
      "InvalidInput",
      "NotFound"
    ],
    "ForgetActorResult": [
      "ForgottenActor",
      "InvalidInput"
    ],
    "ForgottenUserResult": [
      "ForgottenUser",
      "InvalidInput",
      "NotFound"
    ],
    "GoalResult": [
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
    "HoldoutResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Holdout",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
    ],
    "IssueTokenResult": [
      "InvalidInput",
      "IssuedToken"
    ],
    "KeyResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "Key",
      "LimitReached",
      "NotFound",
      "Preview",
      "Stale"
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
    "PlanResult": [
      "InvalidInput",
      "NotFound",
      "Plan"
    ],
    "ProjectResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Project",
      "Stale"
    ],
    "RecordDecisionResult": [
      "Accepted",
      "AlreadyExists",
      "CommandIdReused",
      "Experiment",
      "IllegalState",
      "InUse",
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
    "RevertResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CannotRevert",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Reverted",
      "Stale"
    ],
    "SegmentResult": [
      "Accepted",
      "AlreadyExists",
      "BaselineOfRunning",
      "CommandIdReused",
      "IllegalState",
      "InUse",
      "InvalidInput",
      "LimitReached",
      "NotFound",
      "Preview",
      "Segment",
      "Stale"
    ]
  }
};
      export default result;
    