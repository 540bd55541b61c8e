import type { Experiment } from '../domain/experiment-state';
import type { ProjectState } from '../domain/project-state';
import { limitReached, type Refusal } from '../domain/refusal';
import type { Rule } from '../domain/rule';
import { countersOf, type CounterDescriptor, tooManyCounters } from '../evaluation/counter';

type Sources = Pick<ProjectState, 'segments' | 'flags' | 'configs' | 'experiments'>;

/** Rules and the maps of a state are immutable, so their counters are computed once. */
const ofRules = new WeakMap<Rule, readonly CounterDescriptor[]>();
const ofSegments = new WeakMap<object, readonly CounterDescriptor[]>();
const ofExperiments = new WeakMap<object, readonly CounterDescriptor[]>();

/**
 * A refusal, if live rules would count more of what users do than a user store keeps, and more than they did before. Once they do, what
 * counts less can still be changed.
 */
export function tooMuchCounted(before: Sources, after: Sources): Refusal | undefined {
  const sameRules = before.segments === after.segments && before.experiments === after.experiments;
  if (sameRules && before.flags === after.flags && before.configs === after.configs) return undefined;
  // Most projects are far from it, which shows without asking what is live.
  if (tooManyCounters(atMost(after)) === undefined) return undefined;
  const counters = liveIn(after);
  const problem = tooManyCounters(counters);
  if (problem === undefined) return undefined;
  const known = new Set(liveIn(before).map(({ id }) => id));
  if (counters.every(({ id }) => known.has(id))) return undefined;
  return limitReached(problem.message, problem.limit);
}

/** The counters of all rules that are or could be live. */
function atMost({ segments, experiments }: Sources): readonly CounterDescriptor[] {
  const found = [
    ...remembered(ofSegments, segments, () => [...segments.values()].map(({ rule }) => rule)),
    ...remembered(ofExperiments, experiments, () => [...experiments.values()].flatMap(frozenRule)),
  ];
  return distinct(found);
}

function liveIn({ segments, flags, configs, experiments }: Sources): readonly CounterDescriptor[] {
  const ids = new Set<string>();
  for (const { status, rows } of [...flags.values(), ...configs.values()])
    if (status === 'LIVE') for (const { segment } of rows) if (segment !== null) ids.add(segment);
  const audiences = [...ids].flatMap((id) => segments.get(id)?.rule ?? []);
  const frozen = [...experiments.values()].filter(({ status }) => status === 'RUNNING' || status === 'ROLLED_OUT').flatMap(frozenRule);
  return distinct([...audiences, ...frozen].flatMap(countersOfRule));
}

function frozenRule({ started }: Experiment): readonly Rule[] {
  return started?.audience ? [started.audience.rule] : [];
}

function remembered(
  known: WeakMap<object, readonly CounterDescriptor[]>,
  map: object,
  rules: () => readonly Rule[],
): readonly CounterDescriptor[] {
  const found = known.get(map) ?? distinct(rules().flatMap(countersOfRule));
  known.set(map, found);
  return found;
}

function countersOfRule(rule: Rule): readonly CounterDescriptor[] {
  const found = ofRules.get(rule) ?? countersOf(rule);
  ofRules.set(rule, found);
  return found;
}

function distinct(counters: readonly CounterDescriptor[]): readonly CounterDescriptor[] {
  return [...new Map(counters.map((counter) => [counter.id, counter])).values()];
}
