import type { GoalDirection, GoalMeasure, GoalRowFragment } from '../../generated/operations';
import type { Condition } from '../../rule/node';
import { readCondition } from '../../rule/read';
import { writeCondition } from '../../rule/write';

/** A goal as its form shows it. */
export type GoalFields = {
  readonly name: string;
  readonly description: string;
  readonly event: string;
  readonly filters: readonly Condition[];
  readonly measure: GoalMeasure;
  readonly property: string;
  readonly cap: string;
  readonly direction: GoalDirection;
  readonly windowDays: string;
};

export function emptyGoal(): GoalFields {
  return {
    name: '',
    description: '',
    event: '',
    filters: [],
    measure: 'CONVERSION',
    property: '',
    cap: '',
    direction: 'HIGHER',
    windowDays: '7',
  };
}

export function readGoal(goal: GoalRowFragment): GoalFields {
  const { name, description, event, measure, direction, property, cap, windowDays } = goal;
  const filters = (goal.filters as Parameters<typeof readCondition>[0][]).map((filter, at) => readCondition(filter, `f${at}`));
  return {
    name,
    description,
    event,
    filters,
    measure,
    direction,
    property: property ?? '',
    cap: cap === null ? '' : String(cap),
    windowDays: String(windowDays),
  };
}

/** The fields that are given, as the command takes them. What only a sum has goes with the measure. */
export function goalInput(given: Partial<GoalFields>, all: GoalFields) {
  const { name, description, event, filters, direction, windowDays } = given;
  const measured = given.measure !== undefined || given.property !== undefined || given.cap !== undefined;
  const sum = all.measure === 'SUM';
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(event === undefined ? {} : { event }),
    ...(filters === undefined ? {} : { filters: filters.map(writeCondition) }),
    ...(direction === undefined ? {} : { direction }),
    ...(windowDays === undefined ? {} : { windowDays: Number(windowDays) }),
    ...(measured ? { measure: all.measure, ...(sum ? { property: all.property, cap: all.cap === '' ? null : Number(all.cap) } : {}) } : {}),
  };
}
