/** R4, in the order in which they are shown. */
export type CheckName =
  | 'SAMPLE_RATIO'
  | 'USERS_IN_TWO_VARIANTS'
  | 'BASELINE_CHANGED'
  | 'CARRY_OVER'
  | 'SERVED_WITHOUT_STORE'
  | 'ASSIGNMENTS_LOST'
  | 'ERASED'
  | 'LATE'
  | 'TOO_FEW';

export interface Check {
  readonly name: CheckName;
  /** A check that failed hides no number, and withholds the conclusion. `NOTICED` says something that does not. */
  readonly status: 'PASSED' | 'NOTICED' | 'FAILED';
  readonly text: string;
  /** The variants whose conclusion is withheld, where it is not all. */
  readonly arms?: readonly string[];
}
