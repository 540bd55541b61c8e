import type { Submission } from '../../src/application/execute';
import type { ConfigEvent } from '../../src/domain/config';
import type { ExclusivityEvent } from '../../src/domain/exclusivity';
import type { ExperimentEvent } from '../../src/domain/experiment-state';
import type { FlagEvent } from '../../src/domain/flag';
import type { GoalEvent } from '../../src/domain/goal';
import type { HoldoutEvent } from '../../src/domain/holdout';
import type { KeyEvent } from '../../src/domain/key';
import type { Operator, PropertyCondition, Rule } from '../../src/domain/rule';
import type { SegmentEvent } from '../../src/domain/segment';
import type { ProjectEvent } from '../../src/domain/project';

// What `typed-fields.ts` reads with the compiler, by the names of these exports and members.

export type Events =
  ProjectEvent | KeyEvent | SegmentEvent | GoalEvent | ExclusivityEvent | FlagEvent | ConfigEvent | ExperimentEvent | HoldoutEvent;

export type Commands = Submission['command'];

/** Written once, and elsewhere by name. */
export interface Shapes {
  readonly operator: Operator;
  readonly condition: PropertyCondition;
  readonly rule: Rule;
}
