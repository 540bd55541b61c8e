import type { Command } from './played';
import type { Dice } from './dice';
import { standing, things, value, values } from './draw';
import { experimentCommand } from './draw-experiment';
import type { Kind, Model, Status } from './model';
import {
  BAD_DESCRIPTIONS,
  BAD_EVENTS,
  BAD_FILTERS,
  BAD_KEY_NAMES,
  BAD_NAMES,
  BAD_RULES,
  DESCRIPTIONS,
  EVENTS,
  FILTERS,
  KEY_NAMES,
  KEY_TYPES,
  NAMES,
  RULES,
} from './vocabulary';

/** The command that a step is in a project that is as the model says. Mostly it makes sense. */
export function commandOf(model: Model, type: Command['type'], dice: Dice): Command {
  const name = () => dice.mostly(NAMES, BAD_NAMES);
  const description = () => dice.mostly(DESCRIPTIONS, BAD_DESCRIPTIONS);
  const rule = () => dice.mostly(RULES, BAD_RULES);
  const id = (kind: Kind): string => dice.mostly([...things(model, kind).keys()], ['missing'], 20);
  const segment = () => (dice.roll(2) === 0 ? null : id('segment'));
  const expected = (entity: string) =>
    dice.once(5) ? { expectedVersion: (model.versions.get(entity)?.version ?? 1) + dice.pick([0, 0, 0, -1, 1]) } : {};
  /** One of the kind, mostly one of which the command makes sense. */
  const on = <K extends Kind>(kind: K, ...statuses: Status[]) => {
    const ready = standing(model, kind, statuses);
    const which = ready.length > 0 && !dice.once(4) ? dice.pick(ready) : id(kind);
    return { id: which, ...expected(`${kind}:${which}`) };
  };
  const onKey = (...statuses: Status[]) => {
    const { id: key, ...seen } = on('key', ...statuses);
    return { name: key, ...seen };
  };

  const missing = missingFor(model, type);
  if (missing !== undefined && !dice.once(20)) return commandOf(model, missing, dice);
  switch (type) {
    case 'CreateProject':
      return { type, id: 'shop', name: name() };
    case 'EditProject':
      return {
        type,
        id: dice.mostly(['shop'], ['other']),
        ...dice.maybe('name', name),
        ...dice.maybe('description', description),
        ...expected('project:shop'),
      };
    case 'EnableExclusivity':
    case 'DisableExclusivity':
      return { type, ...expected('exclusivity:exclusivity') };
    case 'CreateKey': {
      const valueType = dice.pick(KEY_TYPES) as 'JSON';
      return {
        type,
        name: dice.mostly(KEY_NAMES, BAD_KEY_NAMES),
        valueType,
        defaultValue: value(dice, valueType),
        ...dice.maybe('description', description),
      };
    }
    case 'EditKey': {
      const key = onKey();
      const valueType = model.keys.get(key.name)?.type ?? 'JSON';
      return { type, ...key, ...dice.maybe('defaultValue', () => value(dice, valueType)), ...dice.maybe('description', description) };
    }
    case 'ArchiveKey':
      return { type, ...onKey() };
    case 'RestoreKey':
      return { type, ...onKey('ARCHIVED') };
    case 'CreateSegment':
      return { type, name: name(), rule: rule(), ...dice.maybe('description', description) };
    case 'EditSegment':
      return {
        type,
        ...on('segment'),
        ...dice.maybe('rule', rule),
        ...dice.maybe('name', name),
        ...dice.maybe('description', description),
      };
    case 'CloneSegment':
      return { type, ...on('segment'), ...dice.maybe('name', name) };
    case 'ArchiveSegment':
      return { type, ...on('segment') };
    case 'RestoreSegment':
      return { type, ...on('segment', 'ARCHIVED') };
    case 'CreateGoal':
    case 'EditGoal': {
      const event = () => dice.mostly(EVENTS, BAD_EVENTS);
      const filters = () => dice.mostly(FILTERS, BAD_FILTERS);
      if (type === 'CreateGoal') return { type, name: name(), event: event(), ...dice.maybe('filters', filters) };
      return {
        type,
        ...on('goal'),
        ...dice.maybe('event', event),
        ...dice.maybe('filters', filters),
        ...dice.maybe('name', name),
        ...dice.maybe('description', description),
      };
    }
    case 'ArchiveGoal':
      return { type, ...on('goal') };
    case 'RestoreGoal':
      return { type, ...on('goal', 'ARCHIVED') };
    case 'CreateFlag':
    case 'EditFlag': {
      const flag = type === 'EditFlag' ? on('flag') : undefined;
      const was = model.flags.get(flag?.id ?? '');
      const key = was?.key ?? id('key');
      const row = () => ({
        segment: segment(),
        percentage: dice.mostly([10_000, 0, 2_500], [-1, 10_001, 0.5], 20),
        value: value(dice, model.keys.get(key)?.type),
      });
      const rows = () => [...dice.some(was?.rows ?? [], 0, 2), ...Array.from({ length: dice.roll(3) }, row)];
      if (flag === undefined) return { type: 'CreateFlag', name: name(), key, ...dice.maybe('rows', rows) };
      return {
        type: 'EditFlag',
        ...flag,
        ...(dice.once(5) ? {} : { rows: rows() }),
        ...dice.maybe('name', name),
        ...dice.maybe('description', description),
      };
    }
    case 'CreateConfig':
    case 'EditConfig': {
      const config = type === 'EditConfig' ? on('config') : undefined;
      const was = model.configs.get(config?.id ?? '');
      const keys = dice.once(2) && was !== undefined ? was.keys : dice.some([...model.keys.keys()], 1, 3);
      const row = () => ({ segment: segment(), values: values(model, dice, keys) });
      const rows = () => [...dice.some(was?.rows ?? [], 0, 2), ...Array.from({ length: dice.roll(3) }, row)];
      if (config === undefined) return { type: 'CreateConfig', name: name(), keys, ...dice.maybe('rows', rows) };
      return {
        type: 'EditConfig',
        ...config,
        ...(dice.once(5) ? {} : { rows: rows() }),
        ...dice.maybe('keys', () => keys),
        ...dice.maybe('name', name),
        ...dice.maybe('description', description),
      };
    }
    case 'CreateExperiment':
    case 'EditExperiment':
      return experimentCommand(model, dice, type === 'EditExperiment' ? on('experiment') : undefined, { name, description, segment });
    case 'RaiseExperimentTraffic': {
      const which = on('experiment', 'RUNNING');
      const traffic = (model.experiments.get(which.id)?.traffic ?? 0) + dice.mostly([500, 0, 4_000], [-500, 10_000, 0.5], 6);
      return { type, ...which, traffic };
    }
    case 'RollOutExperiment': {
      const which = on('experiment', 'RUNNING');
      const variants = model.experiments.get(which.id)?.variants.filter(({ control }) => !control) ?? [];
      return { type, ...which, variant: dice.mostly(variants.map((variant) => variant.id), ['v1', 'v99']) }; // prettier-ignore
    }
    case 'StartExperiment':
      return { type, ...on('experiment', 'DRAFT') };
    case 'StopExperiment':
      return { type, ...on('experiment', 'RUNNING') };
    case 'ArchiveExperiment':
      return { type, ...on('experiment') };
    case 'RestoreExperiment':
      return { type, ...on('experiment', 'ARCHIVED') };
    case 'ArchiveMany': {
      const kinds = dice.some<Kind>(['experiment', 'flag', 'config', 'key', 'segment', 'goal'], dice.once(20) ? 0 : 1, 4);
      return { type, items: kinds.map((kind) => ({ kind, ...on(kind) })) };
    }
    default:
      return { type, ...on(type.endsWith('Flag') ? 'flag' : 'config', ...(READY[type.replace(/Flag|Config/, '')] ?? [])) } as Command;
  }
}

/** What must be created first for a command to have something to be about. */
function missingFor(model: Model, type: Command['type']): Command['type'] | undefined {
  const [, verb, concept] = /^([A-Z][a-z]+(?:Out)?)(Key|Segment|Goal|Flag|Config|Experiment)/.exec(type) ?? [];
  if (concept === undefined || (verb === 'Create' && ['Key', 'Segment', 'Goal'].includes(concept))) return undefined;
  if (verb === 'Create') return model.keys.size === 0 ? 'CreateKey' : undefined;
  return things(model, concept.toLowerCase() as Kind).size === 0 ? (`Create${concept}` as 'CreateKey') : undefined;
}

/** The status of a flag or config before each move. */
const READY: { readonly [verb: string]: readonly Status[] } = {
  Publish: ['DRAFT'],
  Pause: ['LIVE'],
  Resume: ['PAUSED'],
  Restore: ['ARCHIVED'],
};
