import { canonical } from '../../src/domain/json';
import type { ArchiveItem } from '../../src/domain/archive-many';
import type { Command } from './played';
import type { Limits } from '../../src/domain/limits';
import type { SingleCommand } from '../../src/domain/decider';
import { planExperience } from './expect-experiences';
import { planExperiment } from './expect-experiments';
import { effect, text, when } from './expect-parts';
import { planSetUp } from './expect-setup';
import { badDescription, badName, refused, type Effect, type Model, type Refused, type Expectation } from './model';

/** What the rules say of one command: no such thing, or whether the input is bad, which guards object, and what would happen. */
export type Plan =
  | 'missing'
  | {
      /** Whose version the sender may have named: `key:dark_mode`. */
      readonly entity?: string;
      readonly invalid?: boolean;
      readonly guards: () => readonly Refused[];
      readonly effects: () => readonly Effect[];
    };

export interface Submitted {
  readonly command: Command;
  readonly actor: string;
  readonly commandId: string;
  readonly newId: string;
}

/** The expected outcome of a command; what it changes has been changed in the model by then. */
export function expectation(model: Model, { command, actor, commandId, newId }: Submitted, limits: Limits): Expectation {
  const input = canonical(command);
  const memory = `${actor}\n${commandId}`;
  const before = model.done.get(memory);
  if (before !== undefined) return before === input ? { events: [] } : { refused: [refused('COMMAND_ID_REUSED')] };
  const decided = command.type === 'ArchiveMany' ? archiveMany(model, command.items, limits) : single(model, command, newId, limits);
  if ('refused' in decided) return decided;
  for (const { entity, happens } of decided.effects) {
    happens();
    model.versions.set(entity, { version: (model.versions.get(entity)?.version ?? 0) + 1, by: actor });
    model.events += 1;
  }
  if (decided.effects.length > 0) model.done.set(memory, input);
  return { events: decided.effects.map(({ type }) => type) };
}

type Decided = { readonly refused: readonly Refused[] } | { readonly effects: readonly Effect[] };

/** A6. The rules do not order the guards among themselves, so any that objects may be the one that is reported. */
function single(model: Model, command: SingleCommand, newId: string, limits: Limits): Decided {
  if (model.project === null && command.type !== 'CreateProject') return { refused: [refused('NOT_FOUND')] };
  const plan = planOf(model, command, newId, limits);
  if (plan === 'missing') return { refused: [refused('NOT_FOUND')] };
  const expected = 'expectedVersion' in command ? command.expectedVersion : undefined;
  if (plan.entity !== undefined && expected !== undefined && model.versions.get(plan.entity)?.version !== expected) {
    if (model.versions.has(plan.entity)) return { refused: [refused('STALE')] };
  }
  if (plan.invalid === true) return { refused: [refused('INVALID_INPUT')] };
  const effects = plan.effects();
  if (effects.length === 0) return { effects };
  const objections = plan.guards();
  return objections.length > 0 ? { refused: objections } : { effects };
}

function planOf(model: Model, command: SingleCommand, newId: string, limits: Limits): Plan {
  switch (command.type) {
    case 'CreateProject':
      return {
        invalid: badName(command.name) || badDescription(command.description),
        guards: () => (model.project === null ? [] : [refused('ALREADY_EXISTS')]),
        effects: () => [
          effect('ProjectCreated', `project:${command.id}`, () => {
            model.project = { name: command.name.normalize('NFC').trim(), description: command.description ?? '' };
          }),
        ],
      };
    case 'EditProject':
      if (!model.versions.has(`project:${command.id}`)) return 'missing';
      return {
        entity: `project:${command.id}`,
        invalid: badName(command.name) || badDescription(command.description),
        guards: () => [],
        effects: () => text('Project', `project:${command.id}`, model.project ?? { name: '', description: '' }, command),
      };
    case 'EnableExclusivity':
    case 'DisableExclusivity': {
      const on = command.type === 'EnableExclusivity';
      return {
        entity: EXCLUSIVITY,
        guards: () => [],
        effects: () =>
          when(model.exclusivity !== on, `Exclusivity${on ? 'Enabled' : 'Disabled'}`, EXCLUSIVITY, () => (model.exclusivity = on)),
      };
    }
    default: {
      const experience = planExperience(model, command, newId, limits) ?? planExperiment(model, command, newId, limits);
      return experience ?? planSetUp(model, command as never, newId, limits);
    }
  }
}

const EXCLUSIVITY = 'exclusivity:exclusivity';
const ORDER = ['experiment', 'flag', 'config', 'goal', 'segment', 'key'];

/** All or none, users before what they use. Tried on a copy first, where every item finds those before it archived. */
function archiveMany(model: Model, items: readonly ArchiveItem[], limits: Limits): Decided {
  if (model.project === null) return { refused: [refused('NOT_FOUND')] };
  if (items.length < 1 || items.length > 100) return { refused: [refused('INVALID_INPUT')] };
  const ordered = [...items].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const trial = structuredClone({ ...model }) as Model;
  const objections = ordered.flatMap((item) => {
    const decided = single(trial, archiving(item), '', limits);
    if ('refused' in decided) return decided.refused;
    for (const { happens } of decided.effects) happens();
    return [];
  });
  for (const code of ['NOT_FOUND', 'STALE']) {
    if (objections.some((objection) => objection.code === code)) return { refused: [refused(code)] };
  }
  if (objections.some(({ code }) => code !== 'IN_USE')) return { refused: objections.filter(({ code }) => code !== 'IN_USE') };
  if (objections.length > 0) return { refused: [refused('IN_USE', [...new Set(objections.flatMap(({ users = [] }) => users))].sort())] };
  // Decided once more on the model itself. What an item needs archived first is, by then, only in the copy, so its guards are not asked again.
  const planned = [...new Map(ordered.map((item) => [`${item.kind} ${item.id}`, item])).values()].map((item) =>
    planOf(model, archiving(item), '', limits),
  );
  return { effects: planned.flatMap((plan) => (plan === 'missing' ? [] : plan.effects())) };
}

function archiving({ kind, id, expectedVersion }: ArchiveItem): SingleCommand {
  const of = expectedVersion === undefined ? {} : { expectedVersion };
  if (kind === 'key') return { type: 'ArchiveKey', name: id, ...of };
  const type = `Archive${kind[0]?.toUpperCase()}${kind.slice(1)}` as 'ArchiveFlag';
  return { type, id, ...of };
}
