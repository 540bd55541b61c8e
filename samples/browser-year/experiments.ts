import type { Experiment } from '../../src/domain/experiment-state';
import { active, valueOf, type Draw } from './parts';

const inStatus = (things: Iterable<Experiment>, ...statuses: Experiment['status'][]): Experiment[] =>
  [...things].filter(({ status }) => statuses.includes(status));

/** More than so many tests at a time no one would read. */
const RUNNING = 25;

export const createExperiment: Draw = (state, luck) => {
  const keys = luck.some(active(state.keys.values()), 1 + luck.number(3));
  const [first] = keys;
  if (!first) return undefined;
  const arms = 1 + luck.number(3);
  const weight = Math.floor(10_000 / (arms + 1));
  const variants = [
    { name: 'Default', control: true, weight: 10_000 - arms * weight, values: [] },
    ...Array.from({ length: arms }, (_, at) => ({
      name: `Arm ${at + 1}`,
      control: false,
      weight,
      values: keys.map(({ name, type }) => ({ key: name, value: valueOf(type, luck) })),
    })),
  ];
  return {
    type: 'CreateExperiment',
    name: `${first.name} study ${state.head.revision}`,
    keys: keys.map(({ name }) => name),
    audience: luck.once(4) ? null : (luck.pick(active(state.segments.values()))?.id ?? null),
    goals: luck.some(active(state.goals.values()), luck.number(3)).map(({ id }) => id),
    traffic: 100 * (1 + luck.number(30)),
    variants,
    ...(luck.once(5) ? { exclusive: true } : {}),
  };
};

/** A draft gets another design; what runs gets a name, words, or a goal more. */
export const editExperiment: Draw = (state, luck) => {
  const experiment = luck.pick(inStatus(state.experiments.values(), 'DRAFT', 'DRAFT', 'RUNNING', 'STOPPED'));
  if (!experiment) return undefined;
  const { id, name, status, goals } = experiment;
  const more = luck.pick(active(state.goals.values()).filter((goal) => !goals.some(({ id: used }) => used === goal.id)));
  if (status === 'DRAFT' && luck.once(2)) {
    return {
      type: 'EditExperiment',
      id,
      traffic: 100 * (1 + luck.number(50)),
      audience: luck.pick(active(state.segments.values()))?.id ?? null,
    };
  }
  if (more && goals.length < 5 && luck.once(3)) return { type: 'EditExperiment', id, goals: [...goals, more.id] };
  if (luck.once(2)) return { type: 'EditExperiment', id, description: `Looked at in week ${1 + luck.number(52)}.` };
  return { type: 'EditExperiment', id, name: `${name.split(' #')[0]?.slice(0, 100)} #${state.head.revision}` };
};

/** What comes next in the life of one: drafts start, what runs takes in more, and ends. */
export const moveExperiment: Draw = (state, luck) => {
  const experiment = luck.pick([...state.experiments.values()]);
  if (!experiment) return undefined;
  const { id, status, traffic, variants } = experiment;
  switch (status) {
    case 'DRAFT':
      if (luck.once(6)) return { type: 'ArchiveExperiment', id };
      return inStatus(state.experiments.values(), 'RUNNING').length < RUNNING ? { type: 'StartExperiment', id } : undefined;
    case 'RUNNING': {
      if (luck.once(2) && traffic < 10_000) {
        return { type: 'RaiseExperimentTraffic', id, traffic: Math.min(10_000, traffic + 100 * (1 + luck.number(20))) };
      }
      const winner = luck.pick(variants.filter(({ control }) => !control));
      return winner && luck.once(2) ? { type: 'RollOutExperiment', id, variant: winner.id } : { type: 'StopExperiment', id };
    }
    case 'STOPPED':
    case 'ROLLED_OUT':
      return luck.once(3) ? { type: 'ArchiveExperiment', id } : undefined;
    case 'ARCHIVED':
      return luck.once(3) ? { type: 'RestoreExperiment', id } : undefined;
  }
};
