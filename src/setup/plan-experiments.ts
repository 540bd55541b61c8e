import type { Experiment } from '../domain/experiment-state';
import { holderOf } from '../domain/naming';
import { illegalState } from '../domain/refusal';
import { foldName } from '../domain/text';
import { exportExperiment } from './export';
import type { SetupExperiment } from './file';
import { held } from './plan-named';
import { segmentId } from './plan-rollouts';
import type { Planner, Shown } from './planner';

const words = (status: string): string => status.toLowerCase().replace('_', ' ');

/** Brings an experiment to what the file says. `exclusivity` is what the project's setting will be. */
export function planExperiment(planner: Planner, wanted: SetupExperiment, exclusivity: boolean): void {
  const { name, description } = wanted;
  const about = { kind: 'experiment' as const, name };
  const shown = shownExperiment(name);
  const find = (): Experiment | undefined => held(planner.state, 'experiment', name, planner.state.experiments);
  const there = find();
  const design = {
    audience: segmentId(planner.state, wanted.audience),
    keys: wanted.keys,
    goals: wanted.goals.map((goal) => holderOf(planner.state, 'goal', goal) ?? goal),
  };
  if (there === undefined) {
    const { traffic, variants, exclusive = exclusivity } = wanted;
    if (!planner.carry({ type: 'CreateExperiment', name, description, ...design, traffic, variants, exclusive }, about, shown)) return;
  } else {
    if (wanted.exclusive !== undefined && wanted.exclusive !== there.exclusive) {
      const message = `Whether the experiment "${name}" is exclusive was fixed when it was created: ${there.exclusive}.`;
      planner.refuse('EditExperiment', about, illegalState(message));
      return;
    }
    if (!edit(planner, there, wanted, design, shown)) return;
  }
  const now = find();
  if (now) move(planner, now, wanted, shown);
}

function edit(
  planner: Planner,
  there: Experiment,
  wanted: SetupExperiment,
  design: Pick<Experiment, 'audience' | 'keys' | 'goals'>,
  shown: Shown,
): boolean {
  const { id, name } = there;
  const { description, traffic } = wanted;
  const about = { kind: 'experiment' as const, name };
  const ids = new Map(there.variants.map((variant) => [foldName(variant.name), variant.id]));
  const variants = wanted.variants.map((variant) => ({ ...variant, id: ids.get(foldName(variant.name)) }));
  const text = { type: 'EditExperiment' as const, id, name: wanted.name, description };
  if (there.started === null) return planner.carry({ ...text, ...design, traffic, variants }, about, shown);
  // What an ended experiment measured may be archived by now, so its goals say nothing of what the file leaves out.
  const goals = there.status === 'RUNNING' ? design.goals : [...new Set([...there.goals, ...design.goals])];
  if (!planner.carry({ ...text, ...design, goals, variants }, about, shown)) return false;
  return there.traffic === traffic || planner.carry({ type: 'RaiseExperimentTraffic', id, traffic }, about, shown);
}

function move(planner: Planner, { id, name, status, variants, rolledOut }: Experiment, wanted: SetupExperiment, shown: Shown): void {
  const about = { kind: 'experiment' as const, name };
  const variant = variants.find((one) => foldName(one.name) === foldName(wanted.rolledOut ?? ''))?.id;
  if (status === wanted.status && (status !== 'ROLLED_OUT' || rolledOut?.variant === variant)) return;
  const started =
    status === 'DRAFT' && wanted.status !== 'DRAFT' ? planner.carry({ type: 'StartExperiment', id }, about, shown) : status === 'RUNNING';
  if (!started && status === 'DRAFT') return;
  if (!started || wanted.status === 'DRAFT') {
    const message = `The experiment "${name}" is ${words(status)}, and cannot become ${words(wanted.status)}${status === 'ROLLED_OUT' && wanted.status === status ? ' with another variant' : ''}. Create another experiment.`;
    planner.refuse('StartExperiment', about, illegalState(message));
  } else if (wanted.status === 'STOPPED') planner.carry({ type: 'StopExperiment', id }, about, shown);
  else if (wanted.status === 'ROLLED_OUT') planner.carry({ type: 'RollOutExperiment', id, variant: variant ?? '' }, about, shown);
}

export function shownExperiment(name: string): Shown {
  return (state) => {
    const experiment = held(state, 'experiment', name, state.experiments);
    return experiment && exportExperiment(state, experiment);
  };
}
