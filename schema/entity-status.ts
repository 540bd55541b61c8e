import type { ExperimentStatus } from '../src/domain/experiment-state';
import type { HoldoutStatus } from '../src/domain/holdout';
import type { RolloutStatus } from '../src/domain/lifecycle';
import { describedEnum } from './described-enum';

type Status = RolloutStatus | ExperimentStatus | HoldoutStatus;

export const EntityStatus = describedEnum<Status>(
  'EntityStatus',
  'Where a thing of any kind is in its life: FlagStatus, ConfigStatus, ExperimentStatus and HoldoutStatus in one.',
  {
    DRAFT: 'Never published, or not started.',
    LIVE: 'A flag or config that is served.',
    PAUSED: 'A flag or config that is not served for now.',
    RUNNING: 'An experiment that takes users in.',
    STOPPED: 'An experiment that has ended without a winner.',
    ROLLED_OUT: 'An experiment that has ended, and gives its whole audience one variant.',
    ARCHIVED: 'Put away.',
    ACTIVE: 'A holdout that takes effect.',
    ENDED: 'A holdout that takes none any more.',
  },
);
