import type { Problem } from '../../api/problem';
import type { AnalysisMethod, ExperimentRowFragment, GoalRole } from '../../generated/operations';
import { newId } from '../../rule/node';
import { readValues, writeValues, type KeyTexts, type Types } from '../../value/key-values';
import { EVERYONE, segmentInput } from '../everyone';

export type VariantFields = {
  readonly key: string;
  readonly stored: boolean;
  readonly name: string;
  readonly control: boolean;
  readonly weight: string;
  readonly values: KeyTexts;
};
export type GoalChoice = { readonly key: string; readonly goal: string; readonly role: GoalRole; readonly margin: string };
export type TestFields = {
  readonly name: string;
  readonly description: string;
  readonly keys: readonly string[];
  readonly audience: string;
  readonly traffic: string;
  readonly exclusive: boolean;
  readonly variants: readonly VariantFields[];
  readonly goals: readonly GoalChoice[];
  readonly method: AnalysisMethod;
  readonly plannedUsers: string;
  readonly cuped: boolean;
};

export function newVariant(name: string, control = false): VariantFields {
  return { key: newId(), stored: false, name, control, weight: control || name === 'B' ? '50' : '0', values: {} };
}

export function newGoal(goal: string): GoalChoice {
  return { key: newId(), goal, role: 'PRIMARY', margin: '' };
}

export function emptyTest(exclusive: boolean): TestFields {
  return {
    name: '',
    description: '',
    keys: [],
    audience: EVERYONE,
    traffic: '100',
    exclusive,
    variants: [newVariant('control', true), newVariant('B')],
    goals: [],
    method: 'SEQUENTIAL',
    plannedUsers: '',
    cuped: true,
  };
}

export function readTest(test: ExperimentRowFragment): TestFields {
  const { name, description, keys, audience, traffic, exclusive, variants, goalRoles, analysis } = test;
  const types = new Map(keys.map((key) => [key.name, key]));
  return {
    name,
    description,
    keys: keys.map((key) => key.name),
    audience: audience?.id ?? EVERYONE,
    traffic: String(traffic),
    exclusive,
    variants: variants.map(({ variant, name: called, control, weight, values }) => ({
      key: variant,
      stored: true,
      name: called,
      control,
      weight: String(weight),
      values: readValues(values, types),
    })),
    goals: goalRoles.map(({ goal, role, margin }) => ({
      key: goal.id,
      goal: goal.id,
      role,
      margin: margin === null ? '' : String(margin),
    })),
    method: analysis.method,
    plannedUsers: String(analysis.plannedUsers),
    cuped: analysis.cuped,
  };
}

export const TEST_PLACES = { audience: 'audienceId', plannedUsers: 'analysis' };

/** The fields that are given, as the command takes them; values that cannot be read are put among the problems. */
export function testInput(given: Partial<TestFields>, all: TestFields, types: Types, problems: Problem[]) {
  const { name, description, keys, audience, traffic, exclusive, variants, goals } = given;
  const analysed = given.method !== undefined || given.plannedUsers !== undefined || given.cuped !== undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(keys === undefined ? {} : { keys: [...keys] }),
    ...(audience === undefined ? {} : { audienceId: segmentInput(audience) }),
    ...(traffic === undefined ? {} : { traffic: Number(traffic) }),
    ...(exclusive === undefined ? {} : { exclusive }),
    ...(variants === undefined && keys === undefined ? {} : { variants: variantsInput(all, types, problems) }),
    ...(goals === undefined
      ? {}
      : { goals: goals.map(({ goal, role, margin }) => ({ goalId: goal, role, ...(margin === '' ? {} : { margin: Number(margin) }) })) }),
    ...(analysed
      ? {
          analysis: {
            method: all.method,
            cuped: all.cuped,
            ...(all.plannedUsers === '' ? {} : { plannedUsers: Number(all.plannedUsers) }),
          },
        }
      : {}),
  };
}

/** The design for the ledger to look at; undefined: no key is chosen yet, or a value cannot be read. */
export function designInput(all: TestFields, types: Types) {
  const problems: Problem[] = [];
  const { name: _, description: __, keys = [], variants = [], ...design } = testInput(all, all, types, problems);
  return problems.length > 0 || keys.length === 0 ? undefined : { ...design, keys, variants };
}

function variantsInput({ variants, keys }: TestFields, types: Types, problems: Problem[]) {
  return variants.map(({ key, stored, name, control, weight, values }, at) => ({
    ...(stored ? { variant: key } : {}),
    name,
    control,
    weight: Number(weight),
    values: control ? [] : writeValues(values, keys, types, `variants.${at}.values`, problems),
  }));
}

/** In hundredths, so that a sum of shares is exact. */
export function weightsSum(variants: readonly VariantFields[]): number {
  return variants.reduce((sum, { weight }) => sum + Math.round(Number(weight) * 100), 0) / 100;
}

/** Shares that differ by at most 0.01 and sum to 100. */
export function equalWeights(variants: readonly VariantFields[]): readonly VariantFields[] {
  const each = Math.floor(10_000 / variants.length);
  const rest = 10_000 - each * variants.length;
  return variants.map((variant, at) => ({ ...variant, weight: String((each + (at < rest ? 1 : 0)) / 100) }));
}
