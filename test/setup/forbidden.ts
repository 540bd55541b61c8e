import type { Experiment } from '../../src/domain/experiment-state';
import { activeHoldout } from '../../src/domain/holdout';
import type { Flag } from '../../src/domain/flag';
import { canonical } from '../../src/domain/json';
import { usualRole } from '../../src/domain/analysis';
import { measureOf } from '../../src/domain/goal';
import type { ProjectState } from '../../src/domain/project-state';

/*
 * What no command can do, by the rules of the ledger alone (E1, E3, E4, G1, K7, X3): worked out from the two projects, without planning anything.
 */

type Named = { readonly name: string };

/** Case-insensitive is enough for the names that these tests draw. */
const same = (a: Named, b: Named): boolean => a.name.toLowerCase() === b.name.toLowerCase();
const twin = <E extends Named>(all: Iterable<E>, of: Named): E | undefined => [...all].find((one) => same(one, of));
const active = <E extends { readonly status: string }>(all: Iterable<E>): E[] => [...all].filter(({ status }) => status !== 'ARCHIVED');

/** `goal Alpha`: the things of `from` that cannot become what they are in `to`. */
export function forbidden(from: ProjectState, to: ProjectState): readonly string[] {
  const found: string[] = [];
  for (const goal of to.goals.values()) {
    const was = twin(
      [...from.goals.values()].filter(({ archived }) => !archived),
      goal,
    );
    const measured =
      was && [...from.experiments.values()].some(({ started, goals }) => started !== null && goals.some(({ id }) => id === was.id));
    if (!goal.archived && measured && canonical(measureOf(was)) !== canonical(measureOf(goal))) found.push(`goal ${goal.name}`);
  }
  const [holdout, wanted] = [activeHoldout(from), activeHoldout(to)];
  if (holdout && wanted && same(holdout, wanted) && holdout.share !== wanted.share) found.push(`holdout ${wanted.name}`);
  for (const flag of active(to.flags.values())) if (flagStuck(from, to, flag)) found.push(`flag ${flag.name}`);
  for (const config of active(to.configs.values())) {
    const was = twin(active(from.configs.values()), config);
    if (was && was.status !== 'DRAFT' && config.status === 'DRAFT') found.push(`config ${config.name}`);
  }
  for (const experiment of active(to.experiments.values())) {
    if (experiment.status === 'STOPPED') continue;
    const was = twin(active(from.experiments.values()), experiment);
    const stuck = was ? experimentStuck(from, to, was, experiment) : from.exclusivity && to.exclusivity && !experiment.exclusive;
    if (stuck) found.push(`experiment ${experiment.name}`);
  }
  return found;
}

/** Configs that swap all their keys: none of them can be the first to let go (E2). Whether they are stuck depends on how the circle closes. */
export function exchanging(from: ProjectState, to: ProjectState): boolean {
  const configs = active(from.configs.values());
  return active(to.configs.values()).some((config) => {
    const was = twin(configs, config);
    if (was === undefined || was.keys.some((key) => config.keys.includes(key))) return false;
    return configs.some(
      (other) => other !== was && other.keys.some((key) => config.keys.includes(key)) && twin(active(to.configs.values()), other),
    );
  });
}

function flagStuck(from: ProjectState, to: ProjectState, flag: Flag): boolean {
  const was = twin(active(from.flags.values()), flag);
  if (was) return was.key !== flag.key || (was.status !== 'DRAFT' && flag.status === 'DRAFT');
  const holder = active(from.flags.values()).find(({ key }) => key === flag.key);
  return holder !== undefined && twin(active(to.flags.values()), holder) !== undefined;
}

function experimentStuck(from: ProjectState, to: ProjectState, was: Experiment, wanted: Experiment): boolean {
  if (was.sticky !== wanted.sticky) return true;
  if (was.status === 'DRAFT') return was.exclusive && !wanted.exclusive && from.exclusivity && to.exclusivity;
  if (was.exclusive !== wanted.exclusive) return true;
  const inFull = (state: ProjectState, all: Experiment['goals']) =>
    all.flatMap(({ id, role, margin }) => {
      const goal = state.goals.get(id);
      return goal ? [{ name: goal.name, archived: goal.archived, role, margin }] : [];
    });
  const wantedGoals = inFull(to, wanted.goals).filter(({ archived }) => !archived);
  const goals = inFull(from, was.goals);
  const running = was.status === 'RUNNING';
  const loses = running && !goals.every((goal) => twin(wantedGoals, goal));
  const added = wantedGoals.filter((goal) => !goals.some((one) => !one.archived && same(one, goal)));
  const tooMany = goals.length + added.length > 5;
  const otherTraffic = !running && wanted.traffic !== was.traffic;
  const said = ({ role }: { readonly role: string }) => role !== usualRole(wantedGoals.length);
  const otherRole = goals.some((goal) => {
    const now = goal.archived ? undefined : twin(wantedGoals, goal);
    return now && said(now) && (now.role !== goal.role || now.margin !== goal.margin);
  });
  const decides = added.some((goal) => said(goal) && goal.role !== 'SECONDARY');
  if (loses || tooMany || otherTraffic || otherRole || decides || design(from, was) !== design(to, wanted)) return true;
  if (running) return wanted.status === 'DRAFT';
  const variant = (one: Experiment): string | undefined => one.variants.find(({ id }) => id === one.rolledOut?.variant)?.name;
  return was.status !== wanted.status || variant(was) !== variant(wanted);
}

function design({ segments }: ProjectState, { audience, keys, variants, analysis }: Experiment): string {
  const segment = audience === null ? undefined : segments.get(audience);
  const arms = variants.map(({ name, control, weight, values }) => ({
    name,
    control,
    weight,
    values: Object.fromEntries(values.map(({ key, value }) => [key, value])),
  }));
  // What is archived is not what another of the same name is.
  return canonical({
    analysis,
    audience: segment ? `${segment.archived ? `archived ${segment.id}` : segment.name.toLowerCase()}` : null,
    keys,
    arms,
  });
}
