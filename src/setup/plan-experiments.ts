import type { GoalChoice } from '../domain/analysis';
import type { Experiment, ExperimentStatus, Variant } from '../domain/experiment-state';
import { sameJson } from '../domain/json';
import { illegalState } from '../domain/refusal';
import type { Steps } from '../domain/steps';
import { foldName } from '../domain/text';
import { inOrder } from './export';
import type { SetupExperiment } from './file';
import { type About, held, type Planner } from './planner';
import { withIds } from './measures';
import { segmentId } from './plan-rollouts';

/** The command that brings an experiment into a status. */
const BRINGS = { DRAFT: 'EditExperiment', RUNNING: 'StartExperiment', STOPPED: 'StopExperiment', ROLLED_OUT: 'RollOutExperiment' } as const;

const BACK = 'Leave it running, or say `status: STOPPED`; a new draft needs another name.';

const words = (status: ExperimentStatus): string => status.toLowerCase().replace('_', ' ');

/**
 * Brings experiments to what the file says, those first that end: what starts then finds room to run, and records none of them
 * as running before it (X4). `exclusivity` is what the project's setting will be.
 */
export function* planExperiments(planner: Planner, wanted: readonly SetupExperiment[], exclusivity: boolean): Steps<void> {
  const { state } = planner;
  const ends = ({ name, status }: SetupExperiment): boolean =>
    status !== 'RUNNING' && held(state, 'experiment', name)?.status === 'RUNNING';
  const [first, then] = [wanted.filter(ends), wanted.filter((experiment) => !ends(experiment))];
  for (const experiment of [...first, ...then]) {
    planExperiment(planner, experiment, exclusivity);
    yield;
  }
}

function planExperiment(planner: Planner, wanted: SetupExperiment, exclusivity: boolean): void {
  const { name, description, keys, traffic } = wanted;
  const about: About = { kind: 'experiment', name };
  const audience = segmentId(planner.state, wanted.audience);
  const { analysis } = wanted;
  const there = held(planner.state, 'experiment', name);
  const goalId = (goal: string): string => held(planner.state, 'goal', goal)?.id ?? goal;
  const goals = withIds(wanted.goals, goalId, there !== undefined && there.started !== null);
  if (there === undefined) {
    const { variants, exclusive = exclusivity, sticky } = wanted;
    const design = { audience, traffic, keys, goals, analysis, variants, sticky };
    if (!planner.carry({ type: 'CreateExperiment', name, description, ...design, exclusive }, about)) return;
  } else if (wanted.sticky !== undefined && wanted.sticky !== there.sticky) {
    const message = `Whether the experiment "${name}" is sticky was fixed when it was created: ${there.sticky}. Create another experiment.`;
    planner.refuse('EditExperiment', about, illegalState(message), {
      before: { sticky: there.sticky },
      after: { sticky: wanted.sticky },
      wayOut: 'Leave `sticky` as it is, and list a new experiment under another name.',
    });
    return;
  } else {
    const { id } = there;
    const { exclusive } = wanted;
    const design = { audience, keys, goals: keepGoals(there, goals), analysis, variants: keepVariants(there, wanted), exclusive };
    const draft = there.status === 'DRAFT' ? { traffic } : {};
    if (!planner.carry({ type: 'EditExperiment', id, name, description, ...design, ...draft }, about)) return;
    if (there.status !== 'DRAFT' && !planner.carry({ type: 'ChangeExperimentTraffic', id, traffic }, about)) return;
  }
  const now = held(planner.state, 'experiment', name);
  if (now) move(planner, now, wanted);
}

/** Goals are a set: those that stay keep their order. What an ended experiment measured may be archived by now, so it keeps what is not named. */
function keepGoals({ goals, status }: Experiment, wanted: readonly GoalChoice[]): readonly GoalChoice[] {
  const ended = status !== 'DRAFT' && status !== 'RUNNING';
  const kept = goals.flatMap((goal): readonly GoalChoice[] => {
    const choice = wanted.find((one) => idOf(one) === goal.id);
    return choice !== undefined ? [choice] : ended ? [goal] : [];
  });
  return [...kept, ...wanted.filter((choice) => !goals.some(({ id }) => id === idOf(choice)))];
}

const idOf = (choice: GoalChoice): string => (typeof choice === 'string' ? choice : choice.id);

/** Samples are drawn by variants, so one keeps its id as long as it has its name. */
function keepVariants(
  { keys, variants: before }: Experiment,
  { variants }: SetupExperiment,
): readonly (Omit<Variant, 'id'> & { readonly id?: string })[] {
  const known = new Map(before.map((variant) => [foldName(variant.name), variant]));
  return variants.map((variant) => {
    const was = known.get(foldName(variant.name));
    if (was === undefined) return variant;
    // Which value was given first says nothing, but a design that has started may not differ even in that.
    const values = sameJson(inOrder(was.values, keys), inOrder(variant.values, keys)) ? was.values : variant.values;
    return { ...variant, id: was.id, values };
  });
}

function move(planner: Planner, { id, name, status, variants, rolledOut }: Experiment, wanted: SetupExperiment): void {
  const about: About = { kind: 'experiment', name };
  const chosen = foldName(wanted.rolledOut ?? '');
  const variant = variants.find((one) => foldName(one.name) === chosen)?.id ?? '';
  if (status === wanted.status && (status !== 'ROLLED_OUT' || rolledOut?.variant === variant)) return;
  const mayMove = (status === 'DRAFT' || status === 'RUNNING') && wanted.status !== 'DRAFT';
  if (!mayMove) {
    const other = status === wanted.status ? ' with another variant' : '';
    const message = `The experiment "${name}" is ${words(status)}, and cannot become ${words(wanted.status)}${other}. Create another experiment.`;
    const chosenNow = variants.find((one) => one.id === rolledOut?.variant)?.name;
    planner.refuse(BRINGS[wanted.status], about, illegalState(message), {
      before: { status, ...(chosenNow !== undefined && { rolledOut: chosenNow }) },
      after: { status: wanted.status, ...(wanted.rolledOut !== undefined && { rolledOut: wanted.rolledOut }) },
      wayOut: status === 'RUNNING' ? BACK : `Leave it ${words(status)}, and list a new experiment under another name.`,
    });
    return;
  }
  if (status === 'DRAFT' && !planner.carry({ type: 'StartExperiment', id }, about)) return;
  if (wanted.status === 'STOPPED') planner.carry({ type: 'StopExperiment', id }, about);
  else if (wanted.status === 'ROLLED_OUT') planner.carry({ type: 'RollOutExperiment', id, variant }, about);
}
