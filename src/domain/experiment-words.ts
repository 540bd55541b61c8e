import { changesText, described, keyChanges, percent, percentChange, renamedText, valueChanges } from './change-words';
import type { ExperimentGoal } from './analysis';
import type { Change, EntityRef } from './event';
import type { DecisionKind } from './experiment-decision';
import { sameJson } from './json';
import type { Design, ExperimentEvent, HoldoutInForce, Variant } from './experiment-state';
import {
  type Sentences,
  archivedFromStatus,
  changed as changedField,
  changes,
  created,
  movedBetween,
  redefined,
  restoredToStatus,
  type ChangedByType,
} from './concept';
import { entityText, named, unnamedText } from './text-part';
import { counted } from './text';

/** A decision, in words. */
const DECISION_WORDS: { readonly [Kind in DecisionKind]: string } = {
  SHIP: 'ship it',
  KEEP_CONTROL: 'keep control',
  INCONCLUSIVE: 'inconclusive',
};

export const sentence: Sentences<ExperimentEvent> = {
  ExperimentCreated: ({ entity, data }) =>
    `created ${data.exclusive ? 'exclusive ' : ''}experiment ${entityText(entity)} of ${data.variants.length} variants`,
  ExperimentRenamed: ({ entity, data }) => `renamed experiment ${renamedText(entity, data)}`,
  ExperimentDescribed: ({ entity, data }) => described(`experiment ${entityText(entity)}`, data),
  ExperimentRedesigned: ({ entity, data }) => redesigned(entity, data),
  ExperimentExclusivityChanged: ({ entity, data }) => `made experiment ${entityText(entity)} ${data.to ? 'exclusive' : 'not exclusive'}`,
  ExperimentGoalsAdded: ({ entity, data }) => `added ${counted(data.goals.length, 'goal')} to experiment ${entityText(entity)}`,
  ExperimentStarted: ({ entity, data }) =>
    `started experiment ${entityText(entity)} with ${percent(data.traffic)} traffic${heldOut(data.holdouts)}`,
  ExperimentTrafficChanged: ({ entity, data }) => trafficText(entity, data),
  ExperimentTrafficRaised: ({ entity, data }) => trafficText(entity, data),
  ExperimentStopped: ({ entity }) => `stopped experiment ${entityText(entity)}`,
  ExperimentRolledOut: ({ entity, data }) => `rolled out variant ${data.variant} of experiment ${entityText(entity)}`,
  ExperimentDecisionRecorded: ({ entity, data: { decision } }) =>
    `decided on experiment ${entityText(entity)}: ${DECISION_WORDS[decision]}`,
  ExperimentArchived: ({ entity }) => `archived experiment ${entityText(entity)}`,
  ExperimentRestored: ({ entity, data }) => `restored experiment ${entityText(entity)} as ${statusText(data.to)}`,
};

export const changed: ChangedByType<ExperimentEvent> = {
  ExperimentCreated: created,
  ExperimentRenamed: changedField('name'),
  ExperimentDescribed: changedField('description'),
  ExperimentRedesigned: redefined,
  /** The event carries what is new of the list and not the list. */
  ExperimentGoalsAdded: ({ data: { goals } }) => changes(undefined, { addedGoals: goals }),
  ExperimentExclusivityChanged: changedField('exclusive'),
  ExperimentStarted: ({ data: { audience, holdouts } }) =>
    changes({ status: 'DRAFT' }, { status: 'RUNNING', started: { audience, holdouts } }),
  ExperimentTrafficChanged: changedField('traffic'),
  ExperimentTrafficRaised: changedField('traffic'),
  ExperimentStopped: movedBetween('status', 'RUNNING', 'STOPPED'),
  ExperimentRolledOut: ({ data: { variant } }) => changes({ status: 'RUNNING' }, { status: 'ROLLED_OUT', rolledOut: { variant } }),
  ExperimentDecisionRecorded: ({ data: { decision, reason } }) => changes(undefined, { decision: { decision, reason } }),
  ExperimentArchived: archivedFromStatus,
  ExperimentRestored: restoredToStatus,
};

export function statusText(status: string): string {
  return status.toLowerCase().replace('_', ' ');
}

/** That the design of an experiment has changed, and what in it. */
function redesigned(experiment: EntityRef, { from, to }: Change<Design>): string {
  return changesText(`changed the design of experiment ${entityText(experiment)}`, [
    ...(from.audience === to.audience
      ? []
      : [to.audience === null ? 'for everyone' : unnamedText('segment', to.audience, 'another audience')]),
    ...percentChange('traffic ', from.traffic, to.traffic),
    ...keyChanges(from.keys, to.keys),
    ...variantChanges(from.variants, to.variants),
    ...goalChanges(from.goals, to.goals),
    ...(sameJson(from.analysis, to.analysis) ? [] : ['another analysis']),
  ]);
}

function variantChanges(from: readonly Variant[], to: readonly Variant[]): readonly string[] {
  const changed = to.flatMap((is) => {
    const was = from.find(({ id }) => id === is.id);
    if (was === undefined) return [`added variant ${named(is.name)}`];
    const changes = [
      ...(was.name === is.name ? [] : [`is now ${named(is.name)}`]),
      ...(was.control === is.control ? [] : [is.control ? 'is control' : 'is no longer control']),
      ...percentChange('', was.weight, is.weight),
      ...valueChanges(was.values, is.values),
    ];
    return changes.length === 0 ? [] : [`variant ${named(was.name)} ${changes.join(' and ')}`];
  });
  const removed = from.filter(({ id }) => !to.some((one) => one.id === id)).map(({ name }) => `removed variant ${named(name)}`);
  return [...changed, ...removed];
}

function goalChanges(from: readonly ExperimentGoal[], to: readonly ExperimentGoal[]): readonly string[] {
  const byId = (goals: readonly ExperimentGoal[]) => new Map(goals.map((goal) => [goal.id, goal]));
  const [was, is] = [byId(from), byId(to)];
  const added = to.filter(({ id }) => !was.has(id)).length;
  const removed = from.filter(({ id }) => !is.has(id)).length;
  const changed = to.filter((goal) => was.has(goal.id) && !sameJson(was.get(goal.id)!, goal)).length;
  const order = added + removed === 0 && [...was.keys()].join() !== [...is.keys()].join();
  return [
    ...(added > 0 ? [`added ${counted(added, 'goal')}`] : []),
    ...(removed > 0 ? [`removed ${counted(removed, 'goal')}`] : []),
    ...(changed > 0 ? [`another role of ${counted(changed, 'goal')}`] : []),
    ...(order ? ['another order of the goals'] : []),
  ];
}

function trafficText(experiment: EntityRef, { from, to }: Change<number>): string {
  return `${to > from ? 'raised' : 'lowered'} the traffic of experiment ${entityText(experiment)} from ${percent(from)} to ${percent(to)}`;
}

const heldOut = (holdouts: readonly HoldoutInForce[]): string =>
  holdouts.map(({ id, name, share }) => `, without holdout ${entityText({ kind: 'holdout', id, name })} of ${percent(share)}`).join('');
