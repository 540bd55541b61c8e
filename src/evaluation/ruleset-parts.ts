import type { Config } from '../domain/config';
import type { Experiment } from '../domain/experiment-state';
import type { Flag } from '../domain/flag';
import type { Key } from '../domain/key';
import type { Rule } from '../domain/rule';
import { mapSteps, type Steps } from '../domain/steps';
import { serveExperience, type FindSegment, type ServedExperience } from './baseline';
import type { CompiledCounter } from './counted';
import { RuleTest } from './rule-test';
import { serveRollOut, serveRunning, type FindRule, type RollOut, type RunningExperiment } from './served-experiment';
import { segmentDigest, type SegmentDigest, activeHoldouts, type RulesetSource } from './serving-digest';
import { hasSameParts, serveKey, type KeyParts, type ServedKey } from './served-key';

/** What a ruleset is put together from; each part is reused in the next one if what it was made of is the same object still. */
export interface RulesetParts {
  readonly rules: ReadonlyMap<Rule, RuleTest>;
  readonly counters: ReadonlyMap<string, CompiledCounter>;
  readonly experiences: readonly ServedExperience[];
  readonly running: readonly RunningExperiment[];
  readonly rollOuts: readonly RollOut[];
  readonly keys: ReadonlyMap<string, ServedKey>;
}

/** Pauses after each rule, experience, experiment and key. */
export function* compileParts(source: RulesetSource, previous: RulesetParts | undefined): Steps<RulesetParts> {
  const { rules, find } = ruleFinder(previous);
  const findSegment: FindSegment = (id) => {
    if (id === null) return undefined;
    const segment = source.segments.get(id);
    if (segment === undefined) throw new Error(`There is no segment ${id}, and something live uses it.`);
    return find(segment.rule);
  };
  const digest: SegmentDigest = (id) => segmentDigest(source, id);
  const flags = [...source.flags.values()];
  const configs = [...source.configs.values()];
  const experiences = yield* compileExperiences([...flags, ...configs], previous, findSegment, digest);
  const running = yield* compileRunning(source, previous, find);
  const rollOuts = yield* compileRollOuts(source, previous, find);
  const numbered = running.map((experiment, number) => ({ experiment, number, keys: experiment.from.keys }));
  const found = {
    experiments: byKey(numbered, ({ keys }) => keys),
    rollOuts: byKey(rollOuts, ({ outcomes }) => outcomes.keys()),
    flags: byKey(experiences, ({ from }) => ('key' in from ? [from.key] : [])),
    configs: byKey(experiences, ({ from }) => ('key' in from ? [] : from.keys)),
  };
  const keys = yield* compileKeys(source, previous, (key) => ({
    key,
    experiments: found.experiments.get(key.name) ?? [],
    rollOuts: found.rollOuts.get(key.name) ?? [],
    flag: found.flags.get(key.name)?.[0],
    config: found.configs.get(key.name)?.[0],
  }));
  const counters = new Map([...rules.values()].flatMap((rule) => rule.counters.map((counter) => [counter.descriptor.id, counter])));
  return { rules, counters, experiences, running, rollOuts, keys };
}

/** Finds compiled rules in the ruleset before, and compiles what is new. Equal conditions on behaviour share one counter. */
function ruleFinder(previous: RulesetParts | undefined): { readonly rules: ReadonlyMap<Rule, RuleTest>; readonly find: FindRule } {
  const rules = new Map<Rule, RuleTest>();
  const counters = new Map(previous?.counters);
  const find = (rule: Rule): RuleTest => {
    const known = rules.get(rule) ?? previous?.rules.get(rule) ?? new RuleTest(rule, counters);
    rules.set(rule, known);
    return known;
  };
  return { rules, find };
}

/** Those that are live or paused, by id. */
function* compileExperiences(
  all: readonly (Flag | Config)[],
  previous: RulesetParts | undefined,
  find: FindSegment,
  digest: SegmentDigest,
): Steps<readonly ServedExperience[]> {
  const known = new Map(previous?.experiences.map((experience) => [experience.from, experience]));
  const served = all.filter(({ status }) => status === 'LIVE' || status === 'PAUSED').sort((a, b) => (a.id < b.id ? -1 : 1));
  const experiences: ServedExperience[] = [];
  for (const experience of served) {
    const segments = experience.status === 'LIVE' ? experience.rows.map(({ segment }) => segment) : [];
    const audiences = yield* mapSteps(segments, find);
    const was = known.get(experience);
    experiences.push(was !== undefined && haveSameItems(was.audiences, audiences) ? was : serveExperience(experience, audiences, digest));
  }
  return sameOrNew(previous?.experiences, experiences);
}

function* compileRunning(source: RulesetSource, previous: RulesetParts | undefined, find: FindRule): Steps<readonly RunningExperiment[]> {
  const known = new Map(previous?.running.map((experiment) => [experiment.from, experiment]));
  const running = yield* mapSteps(inOrderOfStart(source), (experiment) => {
    if (experiment.started?.audience) find(experiment.started.audience.rule);
    return known.get(experiment) ?? serveRunning(experiment, find);
  });
  return sameOrNew(previous?.running, running);
}

function inOrderOfStart({ experiments }: RulesetSource): readonly Experiment[] {
  const running = [...experiments.values()].filter(({ status }) => status === 'RUNNING');
  return running.sort((a, b) => (a.started?.revision ?? 0) - (b.started?.revision ?? 0));
}

function* compileRollOuts(source: RulesetSource, previous: RulesetParts | undefined, find: FindRule): Steps<readonly RollOut[]> {
  const known = new Map(previous?.rollOuts.map((rollOut) => [rollOut.from, rollOut]));
  const rollOuts: RollOut[] = [];
  for (const experiment of source.experiments.values()) {
    if (experiment.status !== 'ROLLED_OUT') continue;
    if (experiment.started?.audience) find(experiment.started.audience.rule);
    const heldOut = activeHoldouts(source, experiment);
    const was = known.get(experiment);
    const is = was !== undefined && haveSameItems(was.heldOut, heldOut) ? was : serveRollOut(experiment, heldOut, find);
    if (is !== undefined) rollOuts.push(is);
    yield;
  }
  return sameOrNew(
    previous?.rollOuts,
    rollOuts.sort((a, b) => b.rolledOutAt - a.rolledOutAt),
  );
}

/** In the order of names. */
function* compileKeys(
  source: RulesetSource,
  previous: RulesetParts | undefined,
  partsOf: (key: Key) => KeyParts,
): Steps<ReadonlyMap<string, ServedKey>> {
  const active = [...source.keys.values()].filter(({ archived }) => !archived).sort((a, b) => (a.name < b.name ? -1 : 1));
  const keys = yield* mapSteps(active, (key) => {
    const parts = partsOf(key);
    const was = previous?.keys.get(key.name);
    return was !== undefined && hasSameParts(was, parts) ? was : serveKey(parts);
  });
  const areSame = previous !== undefined && haveSameItems([...previous.keys.values()], keys);
  return areSame ? previous.keys : new Map(keys.map((key) => [key.name, key]));
}

function byKey<T>(items: readonly T[], keysOf: (item: T) => Iterable<string>): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const others = found.get(key);
      if (others === undefined) found.set(key, [item]);
      else others.push(item);
    }
  }
  return found;
}

function sameOrNew<T>(was: readonly T[] | undefined, is: readonly T[]): readonly T[] {
  return was !== undefined && haveSameItems(was, is) ? was : is;
}

function haveSameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
