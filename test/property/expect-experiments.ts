import type { GoalChoice } from '../../src/domain/analysis';
import type { Limits } from '../../src/domain/limits';
import type { SingleCommand } from '../../src/domain/decider';
import type { Plan } from './expectation';
import { archivedGuard, basisPoints, effect, numbered, rowsFit, text, valuesFit, when } from './expect-parts';
import {
  badDescription,
  badName,
  choosable,
  folded,
  nameGuard,
  refused,
  roomGuard,
  same,
  type ExperimentModel,
  type Model,
  type Status,
  type Value,
} from './model';

interface VariantInput {
  readonly id?: string | null;
  readonly name: string;
  readonly control: boolean;
  readonly weight: number;
  readonly values: readonly Value[];
}
interface DesignModel {
  readonly audience: string | null;
  readonly traffic: number;
  readonly variants: readonly VariantInput[];
  readonly keys: readonly string[];
  readonly goals: readonly string[];
}

/** What the rules say of experiments; undefined for a command on anything else. */
export function planExperiment(model: Model, command: SingleCommand, newId: string, limits: Limits): Plan | undefined {
  if (command.type === 'CreateExperiment') {
    const { name, description = '', audience = null, traffic = 10_000, keys, variants, exclusive } = command;
    const goals = idsOf(command.goals ?? []);
    const design = { audience, traffic, goals, keys, variants };
    return {
      invalid: badName(name) || badDescription(description) || !designFits(model, design),
      guards: () => [
        ...(model.exclusivity && exclusive === false ? [refused('ILLEGAL_STATE')] : []),
        ...nameGuard(model.experiments, name),
        ...roomGuard(model.experiments, limits.experiments),
      ],
      effects: () => [
        effect('ExperimentCreated', `experiment:${newId}`, () => {
          const experiment: ExperimentModel = {
            name: name.normalize('NFC').trim(),
            description,
            exclusive: model.exclusivity || exclusive === true,
            audience,
            traffic,
            variants: [],
            keys: [...keys],
            goals: [...goals],
            status: 'DRAFT',
            before: null,
            given: 0,
            frozen: null,
            started: null,
            rolledOut: null,
          };
          experiment.variants = numbered(experiment, variants, 'v', variantOf);
          model.experiments.set(newId, experiment);
        }),
      ],
    };
  }
  if (!command.type.endsWith('Experiment') && !command.type.endsWith('ExperimentTraffic')) return undefined;
  const { id } = command as { readonly id: string };
  const experiment = model.experiments.get(id);
  return experiment === undefined ? 'missing' : { entity: `experiment:${id}`, ...planOn(model, command, id, experiment, limits) };
}

function planOn(model: Model, command: SingleCommand, id: string, was: ExperimentModel, limits: Limits): Exclude<Plan, 'missing'> {
  const entity = `experiment:${id}`;
  const happen = (type: string, changes: () => Partial<ExperimentModel>) => effect(type, entity, () => Object.assign(was, changes()));
  /** E4: a move from one status to another, which changes nothing where it has arrived already. */
  const move = (type: string, from: Status, to: Status, changes: () => Partial<ExperimentModel> = () => ({})) => ({
    guards: () => (was.status === from ? [] : [refused('ILLEGAL_STATE')]),
    effects: () => (was.status === to ? [] : [happen(type, () => ({ ...changes(), status: to }))]),
  });
  switch (command.type) {
    case 'EditExperiment':
      return edit(model, command, id, was);
    case 'StartExperiment': {
      const plan = move('ExperimentStarted', 'DRAFT', 'RUNNING', () => ({
        started: model.events,
        frozen: freeze(model, was.audience),
      }));
      const running = [...model.experiments.values()].filter(({ status }) => status === 'RUNNING');
      return {
        ...plan,
        guards: () => [...plan.guards(), ...(running.length >= limits.runningExperiments ? [refused('LIMIT_REACHED')] : [])],
      };
    }
    case 'ChangeExperimentTraffic':
    case 'RaiseExperimentTraffic': {
      const lowers = command.type === 'ChangeExperimentTraffic';
      const { traffic } = command;
      return {
        invalid: !basisPoints(traffic),
        guards: () => [...(was.status === 'RUNNING' && (lowers || traffic > was.traffic) ? [] : [refused('ILLEGAL_STATE')])],
        effects: () => [...(traffic === was.traffic ? [] : [happen('ExperimentTrafficChanged', () => ({ traffic }))])],
      };
    }
    case 'StopExperiment':
      return move('ExperimentStopped', 'RUNNING', 'STOPPED');
    case 'RollOutExperiment': {
      const { variant } = command;
      const plan = move('ExperimentRolledOut', 'RUNNING', 'ROLLED_OUT', () => ({ rolledOut: variant }));
      const again = was.status === 'ROLLED_OUT' && was.rolledOut !== variant;
      return {
        ...plan,
        invalid: !was.variants.some(({ id: known, control }) => known === variant && !control),
        effects: () => (again ? [happen('ExperimentRolledOut', () => ({}))] : plan.effects()),
      };
    }
    case 'ArchiveExperiment':
      return {
        guards: () => (was.status === 'RUNNING' ? [refused('ILLEGAL_STATE')] : []),
        effects: () =>
          was.status === 'ARCHIVED' ? [] : [happen('ExperimentArchived', () => ({ before: was.status, status: 'ARCHIVED' }))],
      };
    default: {
      const to = was.before === 'DRAFT' ? 'DRAFT' : 'STOPPED';
      const usable = choosable(model.keys, was.keys) && choosable(model.segments, [was.audience]) && choosable(model.goals, was.goals);
      return {
        guards: () => [
          ...nameGuard(model.experiments, was.name, id),
          ...(to === 'DRAFT' && !usable ? [refused('ILLEGAL_STATE')] : []),
          ...roomGuard(model.experiments, limits.experiments),
        ],
        effects: () =>
          was.status === 'ARCHIVED' ? [happen('ExperimentRestored', () => ({ before: null, status: to, rolledOut: null }))] : [],
      };
    }
  }
}

function edit(
  model: Model,
  command: Extract<SingleCommand, { type: 'EditExperiment' }>,
  id: string,
  was: ExperimentModel,
): Exclude<Plan, 'missing'> {
  const entity = `experiment:${id}`;
  const { name, description } = command;
  const { audience = was.audience, traffic = was.traffic, variants = was.variants, keys = was.keys } = command;
  const goals = command.goals === undefined ? was.goals : idsOf(command.goals);
  const touched = [command.audience, command.traffic, command.variants, command.keys, command.goals].some((part) => part !== undefined);
  const design = { audience, traffic, variants, keys, goals };
  const now = () => ({
    ...design,
    variants: command.variants === undefined ? was.variants : numbered({ ...was }, variants, 'v', variantOf),
  });
  const before = { audience: was.audience, traffic: was.traffic, variants: was.variants, keys: was.keys, goals: was.goals };
  const added = goals.filter((goal) => !was.goals.includes(goal));
  const removed = was.goals.filter((goal) => !goals.includes(goal));
  const fixed = () => !same({ ...now(), goals: [] }, { ...before, goals: [] }) || removed.length > 0;
  return {
    invalid: badName(name) || badDescription(description) || (touched && !designFits(model, design, was)),
    guards: () => [
      ...archivedGuard(was.status),
      ...(name === undefined ? [] : nameGuard(model.experiments, name, id)),
      ...(was.started !== null && fixed() ? [refused('ILLEGAL_STATE')] : []),
    ],
    effects: () => [
      ...text('Experiment', entity, was, command),
      ...(was.started === null
        ? when(!same(now(), before), 'ExperimentRedesigned', entity, () => {
            const variantsNow = command.variants === undefined ? was.variants : numbered(was, variants, 'v', variantOf);
            Object.assign(was, { audience, traffic, keys: [...keys], goals: [...goals], variants: variantsNow });
          })
        : when(added.length > 0 || fixed(), 'ExperimentGoalsAdded', entity, () => was.goals.push(...added))),
    ],
  };
}

/** Roles are not drawn: goals are named by their ids, and keep the usual ones. */
const idsOf = (goals: readonly GoalChoice[]): string[] => goals.map((goal) => (typeof goal === 'string' ? goal : goal.id));

/** E3, E5, E7 */
function designFits(model: Model, { audience, traffic, variants, keys, goals }: DesignModel, was?: ExperimentModel): boolean {
  const distinct = (ids: readonly string[]) => new Set(ids).size === ids.length;
  return (
    choosable(model.segments, [audience], [was?.audience ?? null]) &&
    basisPoints(traffic) &&
    keys.length >= 1 &&
    keys.length <= 20 &&
    distinct(keys) &&
    choosable(model.keys, keys, was?.keys) &&
    goals.length <= 5 &&
    distinct(goals) &&
    choosable(model.goals, goals, was?.goals) &&
    variants.length >= 2 &&
    variants.length <= 7 &&
    rowsFit(
      model,
      variants.map(({ id }) => ({ id })),
      was?.variants ?? [],
    ) &&
    variants.every(({ name, weight }) => !badName(name) && basisPoints(weight)) &&
    distinct(variants.map(({ name }) => folded(name))) &&
    variants.filter(({ control }) => control).length === 1 &&
    variants.reduce((sum, { weight }) => sum + weight, 0) === 10_000 &&
    variants.every(({ control, values }) => (control ? values.length === 0 : valuesFit(model, keys, values)))
  );
}

const variantOf = ({ name, control, weight, values }: VariantInput, id: string): ExperimentModel['variants'][number] => ({
  id,
  name: name.normalize('NFC').trim(),
  control,
  weight,
  values: [...values],
});

/** S3 */
function freeze(model: Model, audience: string | null): ExperimentModel['frozen'] {
  const segment = audience === null ? undefined : model.segments.get(audience);
  if (audience === null || segment === undefined) return null;
  return { segment: audience, name: segment.name, version: model.versions.get(`segment:${audience}`)?.version ?? 0, rule: segment.rule };
}
