import type { Analysis, GoalRole } from '../domain/analysis';
import type { KeyValue } from '../domain/choice';
import type { RolloutStatus } from '../domain/lifecycle';
import type { ExperimentStatus } from '../domain/experiment-state';
import type { Json } from '../domain/json';
import type { PropertyCondition, Rule } from '../domain/rule';
import type { ValueType } from '../domain/value';
import type { Measured } from './measures';

/** The version of the format that is written. A file of a later one is refused. */
export const SETUP_VERSION = 2;
/** Those that are read: shares are percent, and in version 1 basis points. */
export const READ_VERSIONS = [1, 2] as const;

/**
 * A project's set-up as a file says it: by names, never by ids, and only what is not archived.
 *
 * A list that is absent says nothing of its kind, so whatever the project has of it is left alone, `prune` or not. An empty
 * list says there are none. What a file does name it describes wholly: a field left out has its default, and is not "as it was".
 * Names are clean, references are spelled as the thing they name is, rules are in their stored form. Lists are in the file's
 * order, which means nothing, but for the rows, variants and keys of an experience.
 */
export interface SetupFile {
  /** Unlike the rest, each of its fields is left alone when absent. */
  readonly project?: { readonly name?: string; readonly description?: string };
  /** Whether mutually exclusive A/B tests are on. */
  readonly exclusivity?: boolean;
  /** The one that is active; null: none is to be. */
  readonly holdout?: SetupHoldout | null;
  readonly keys?: readonly SetupKey[];
  readonly segments?: readonly SetupSegment[];
  readonly goals?: readonly SetupGoal[];
  readonly flags?: readonly SetupFlag[];
  readonly configs?: readonly SetupConfig[];
  readonly experiments?: readonly SetupExperiment[];
}

export interface SetupHoldout {
  readonly name: string;
  /** Basis points. */
  readonly share: number;
}

export interface SetupKey {
  readonly name: string;
  readonly type: ValueType;
  readonly default: Json;
  readonly description: string;
  /** Retired by name, without `prune`. A key that is archived in the project and is not so here is restored. */
  readonly archived: boolean;
}

export interface SetupSegment {
  readonly name: string;
  readonly description: string;
  readonly rule: Rule;
}

export interface SetupGoal extends Measured {
  readonly name: string;
  readonly description: string;
  readonly event: string;
  readonly filters: readonly PropertyCondition[];
}

export interface SetupFlag {
  readonly name: string;
  readonly description: string;
  readonly key: string;
  readonly status: Exclude<RolloutStatus, 'ARCHIVED'>;
  readonly rows: readonly SetupFlagRow[];
}

export interface SetupFlagRow {
  /** A segment's name; `null`: everyone. */
  readonly segment: string | null;
  /** Basis points. */
  readonly percentage: number;
  readonly value: Json;
}

export interface SetupConfig {
  readonly name: string;
  readonly description: string;
  readonly keys: readonly string[];
  readonly status: Exclude<RolloutStatus, 'ARCHIVED'>;
  readonly rows: readonly SetupConfigRow[];
}

export interface SetupConfigRow {
  /** A segment's name; `null`: everyone. */
  readonly segment: string | null;
  /** In the order of the config's keys. */
  readonly values: readonly KeyValue[];
}

export interface SetupExperiment {
  readonly name: string;
  readonly description: string;
  /** A segment's name; `null`: everyone. */
  readonly audience: string | null;
  /** Basis points. */
  readonly traffic: number;
  /** Absent: as the project's setting has it when the experiment is created. */
  readonly exclusive?: boolean;
  /** Absent: as it is, and true of a new one. */
  readonly sticky?: boolean;
  readonly keys: readonly string[];
  readonly goals: readonly SetupExperimentGoal[];
  readonly analysis: Analysis;
  readonly variants: readonly SetupVariant[];
  readonly status: Exclude<ExperimentStatus, 'ARCHIVED'>;
  /** The name of the variant that was rolled out, if and only if the status is ROLLED_OUT. */
  readonly rolledOut?: string;
}

export interface SetupExperimentGoal {
  readonly name: string;
  /** null: the usual one; of what has started, the one that it has. */
  readonly role: GoalRole | null;
  /** Basis points. */
  readonly margin: number | null;
}

export interface SetupVariant {
  readonly name: string;
  readonly control: boolean;
  /** Basis points. */
  readonly weight: number;
  /** In the order of the experiment's keys. */
  readonly values: readonly KeyValue[];
}
