import type { RefusalCode, UsedFragment } from '../generated/operations';
import type { Problem } from './problem';

/** An expected no of the ledger, in its own sentences. */
export interface Refused {
  readonly __typename: string;
  readonly code: RefusalCode;
  readonly message: string;
  readonly problems?: readonly Problem[];
  readonly usages?: readonly UsedFragment[];
  /** Of `NoReach`. */
  readonly inTheWay?: readonly UsedFragment[];
  /** Of `BaselineOfRunning`. */
  readonly experiments?: readonly UsedFragment[];
}
