import type { Command } from '../../src/domain/command';
import type { Json } from '../../src/domain/json';
import type { ProjectState } from '../../src/domain/project-state';
import type { Rule } from '../../src/domain/rule';
import type { ValueType } from '../../src/domain/value';
import type { Luck } from './luck';

/** What someone does to a project that is so; undefined: there is nothing to do it to. */
export type Draw = (state: ProjectState, luck: Luck) => Command | undefined;

const CHANNELS = ['NIGHTLY', 'BETA', 'RELEASE'];
const SYSTEMS = ['WINDOWS', 'MAC', 'LINUX', 'ANDROID', 'IOS'];
const COUNTRIES = ['DE', 'FR', 'JP', 'US', 'BR', 'IN', 'CA', 'AU'];
const EVENTS = ['Search', 'NewTab', 'WalletOpened', 'ChatSent', 'ShieldsLowered', 'Rewarded'];
const MODELS = ['chat-basic', 'chat-qwen', 'chat-claude-sonnet', 'automatic'];

/** The things of a kind that are not archived. */
export const active = <E extends { readonly archived: boolean }>(things: Iterable<E>): E[] =>
  [...things].filter(({ archived }) => !archived);
const archived = <E extends { readonly archived: boolean }>(things: Iterable<E>): E[] => [...things].filter((thing) => thing.archived);

export function valueOf(type: ValueType, luck: Luck): Json {
  if (type === 'BOOLEAN') return luck.once(2);
  if (type === 'NUMBER') return luck.number(500);
  if (type === 'STRING') return luck.pick(MODELS) as string;
  return { model: luck.pick(MODELS) as string, tries: luck.number(5) };
}

const version = (luck: Luck): string => `${150 + luck.number(12)}.1.${90 + luck.number(20)}.${luck.number(200)}`;

const leaf = (luck: Luck): Rule => {
  const leaves: readonly Rule[] = [
    { property: { name: 'app.channel', operator: 'IN', values: luck.some(CHANNELS, 1 + luck.number(3)) } },
    { property: { name: 'device.os', operator: 'IN', values: luck.some(SYSTEMS, 1 + luck.number(4)) } },
    { property: { name: 'geo.country', operator: luck.once(3) ? 'NOT_IN' : 'IN', values: luck.some(COUNTRIES, 1 + luck.number(3)) } },
    { property: { name: 'app.version', operator: 'VERSION_AT_LEAST', value: version(luck) } },
    { did: { event: luck.pick(EVENTS) as string, count: { atLeast: 1 + luck.number(5) }, window: { lastDays: 7 + luck.number(80) } } },
  ];
  return luck.pick(leaves) as Rule;
};

/** The rule with one condition more, one less, or another in the place of one. */
const reworked = (rule: Rule, luck: Luck): Rule => {
  if (!('all' in rule)) return { all: [rule, leaf(luck)] };
  const conditions = [...rule.all];
  const at = luck.number(conditions.length);
  if (conditions.length > 4 || (conditions.length > 1 && luck.once(3))) conditions.splice(at, 1);
  else if (luck.once(2)) conditions.splice(at, 0, leaf(luck));
  else conditions[at] = leaf(luck);
  return { all: conditions };
};

const words = (about: string, luck: Luck): string =>
  `${about}: ${luck.pick(['reviewed', 'asked for by support', 'see the launch plan', 'to be looked at again', 'agreed with the team'])} (${luck.number(900) + 100})`;

export const changeDefault: Draw = (state, luck) => {
  const key = luck.pick(active(state.keys.values()));
  return key && { type: 'EditKey', name: key.name, defaultValue: valueOf(key.type, luck) };
};

export const describeSomething: Draw = (state, luck) => {
  const key = luck.pick(active(state.keys.values()));
  const segment = luck.pick(active(state.segments.values()));
  if (luck.once(20) && state.project) return { type: 'EditProject', id: state.project.id, description: words('Studies', luck) };
  if (luck.once(2)) return key && { type: 'EditKey', name: key.name, description: words(`Feature ${key.name}`, luck) };
  return segment && { type: 'EditSegment', id: segment.id, description: words(segment.name, luck) };
};

export const createKey: Draw = (state, luck) => {
  const valueType = luck.pick(['BOOLEAN', 'BOOLEAN', 'NUMBER', 'STRING', 'JSON'] as const) as ValueType;
  return { type: 'CreateKey', name: `Feature${state.head.revision}`, valueType, defaultValue: valueOf(valueType, luck) };
};

export const createSegment: Draw = (state, luck) => ({
  type: 'CreateSegment',
  name: `Cohort ${state.head.revision}`,
  rule: { all: [leaf(luck), leaf(luck)] },
});

export const reworkRule: Draw = (state, luck) => {
  const segment = luck.pick(active(state.segments.values()));
  return segment && { type: 'EditSegment', id: segment.id, rule: reworked(segment.rule, luck) };
};

export const cloneSegment: Draw = (state, luck) => {
  const segment = luck.pick(active(state.segments.values()));
  return segment && { type: 'CloneSegment', id: segment.id };
};

export const renameSegment: Draw = (state, luck) => {
  const segment = luck.pick(active(state.segments.values()));
  return (
    segment && {
      type: 'EditSegment',
      id: segment.id,
      name: `${segment.name.replace(/ \(from .*/, '').slice(0, 90)} (from ${version(luck)})`,
    }
  );
};

export const createGoal: Draw = (state, luck) => ({
  type: 'CreateGoal',
  name: `Goal ${state.head.revision}`,
  event: luck.pick(EVENTS) as string,
  filters: luck.once(2) ? [] : [{ name: 'count', operator: 'AT_LEAST', value: 1 + luck.number(9) }],
});

export const editGoal: Draw = (state, luck) => {
  const goal = luck.pick(active(state.goals.values()));
  if (!goal) return undefined;
  return luck.once(2)
    ? { type: 'EditGoal', id: goal.id, event: luck.pick(EVENTS) as string }
    : { type: 'EditGoal', id: goal.id, name: `${goal.name.split(',')[0]}, edition ${state.head.revision}` };
};

/** Mostly refused: most of what there is, is in use. */
export const archiveOne: Draw = (state, luck) => {
  const key = luck.pick(active(state.keys.values()));
  const segment = luck.pick(active(state.segments.values()));
  const goal = luck.pick(active(state.goals.values()));
  if (goal && luck.once(3)) return { type: 'ArchiveGoal', id: goal.id };
  return luck.once(2) ? key && { type: 'ArchiveKey', name: key.name } : segment && { type: 'ArchiveSegment', id: segment.id };
};

export const restoreOne: Draw = (state, luck) => {
  const key = luck.pick(archived(state.keys.values()));
  const segment = luck.pick(archived(state.segments.values()));
  const goal = luck.pick(archived(state.goals.values()));
  if (goal && luck.once(3)) return { type: 'RestoreGoal', id: goal.id };
  return key && luck.once(2) ? { type: 'RestoreKey', name: key.name } : segment && { type: 'RestoreSegment', id: segment.id };
};

export const turnExclusivity: Draw = ({ exclusivity }) => ({ type: exclusivity ? 'DisableExclusivity' : 'EnableExclusivity' });
