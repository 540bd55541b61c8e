import type { Limits } from '../../src/domain/limits';
import type { SingleCommand } from '../../src/domain/decider';
import type { Plan } from './expectation';
import { effect, text, when } from './expect-parts';
import {
  badDescription,
  badName,
  fits,
  nameGuard,
  refused,
  roomGuard,
  same,
  usersOf,
  type GoalModel,
  type Model,
  type SegmentModel,
} from './model';
import { BAD_EVENTS, BAD_FILTERS, BAD_RULES, KEY_TYPES } from './vocabulary';

type Of<T extends SingleCommand['type']> = Extract<SingleCommand, { type: T }>;
type SetUp = Of<
  | 'CreateKey' | 'EditKey' | 'ArchiveKey' | 'RestoreKey'
  | 'CreateSegment' | 'EditSegment' | 'CloneSegment' | 'ArchiveSegment' | 'RestoreSegment'
  | 'CreateGoal' | 'EditGoal' | 'ArchiveGoal' | 'RestoreGoal'
>; // prettier-ignore

/** What the rules say of keys, segments and goals. */
export function planSetUp(model: Model, command: SetUp, newId: string, limits: Limits): Plan {
  switch (command.type) {
    case 'CreateKey': {
      const { name, valueType, defaultValue, description = '' } = command;
      const wellNamed = /^[A-Za-z_][A-Za-z0-9_.-]{0,119}$/.test(name) && name !== '__proto__';
      const valid = wellNamed && KEY_TYPES.includes(valueType) && fits(valueType, defaultValue) && !badDescription(description);
      return {
        invalid: !valid,
        guards: () => [...(model.keys.has(name) ? [refused('ALREADY_EXISTS')] : []), ...roomGuard(model.keys, limits.keys)],
        effects: () => [
          effect('KeyCreated', `key:${name}`, () => model.keys.set(name, { type: valueType, defaultValue, description, archived: false })),
        ],
      };
    }
    case 'EditKey': {
      const key = model.keys.get(command.name);
      if (key === undefined) return 'missing';
      const { defaultValue = key.defaultValue, description = key.description } = command;
      return {
        entity: `key:${command.name}`,
        invalid: !fits(key.type, defaultValue) || badDescription(description),
        guards: () => (key.archived ? [refused('ILLEGAL_STATE')] : []),
        effects: () => [
          ...when(
            !same(defaultValue, key.defaultValue),
            'KeyDefaultChanged',
            `key:${command.name}`,
            () => (key.defaultValue = defaultValue),
          ),
          ...when(description !== key.description, 'KeyDescribed', `key:${command.name}`, () => (key.description = description)),
        ],
      };
    }
    case 'ArchiveKey':
      return archive(model, 'key', command.name, model.keys.get(command.name));
    case 'RestoreKey':
      return restore('key', command.name, model.keys.get(command.name), () => roomGuard(model.keys, limits.keys));

    case 'CreateSegment': {
      const { name, description = '', rule } = command;
      return {
        invalid: badName(name) || badDescription(description) || BAD_RULES.some((bad) => same(bad, rule)),
        guards: () => [...nameGuard(model.segments, name), ...roomGuard(model.segments, limits.segments)],
        effects: () => [
          effect('SegmentCreated', `segment:${newId}`, () =>
            model.segments.set(newId, { name: name.normalize('NFC').trim(), description, rule, archived: false }),
          ),
        ],
      };
    }
    case 'EditSegment': {
      const { id, rule } = command;
      const segment = model.segments.get(id);
      if (segment === undefined) return 'missing';
      return {
        entity: `segment:${id}`,
        invalid: badName(command.name) || badDescription(command.description) || BAD_RULES.some((bad) => same(bad, rule)),
        guards: () => [
          ...(segment.archived ? [refused('ILLEGAL_STATE')] : []),
          ...(command.name === undefined ? [] : nameGuard(model.segments, command.name, id)),
        ],
        effects: () => [
          ...text('Segment', `segment:${id}`, segment, command),
          ...when(
            rule !== undefined && !same(rule, segment.rule),
            'SegmentRuleChanged',
            `segment:${id}`,
            () => (segment.rule = rule ?? {}),
          ),
        ],
      };
    }
    case 'CloneSegment': {
      const source = model.segments.get(command.id);
      if (source === undefined) return 'missing';
      const name = command.name ?? copyName(model, source);
      return {
        entity: `segment:${command.id}`,
        invalid: badName(command.name),
        guards: () => [...nameGuard(model.segments, name), ...roomGuard(model.segments, limits.segments)],
        effects: () => [
          effect('SegmentCloned', `segment:${newId}`, () =>
            model.segments.set(newId, { ...structuredClone(source), name: name.normalize('NFC').trim(), archived: false }),
          ),
        ],
      };
    }
    case 'ArchiveSegment':
      return archive(model, 'segment', command.id, model.segments.get(command.id));
    case 'RestoreSegment':
      return restore('segment', command.id, model.segments.get(command.id), (segment: SegmentModel) => [
        ...nameGuard(model.segments, segment.name),
        ...roomGuard(model.segments, limits.segments),
      ]);

    case 'CreateGoal': {
      const { name, description = '', event, filters = [] } = command;
      return {
        invalid:
          badName(name) || badDescription(description) || BAD_EVENTS.includes(event) || BAD_FILTERS.some((bad) => same(bad, filters)),
        guards: () => [...nameGuard(model.goals, name), ...roomGuard(model.goals, limits.goals)],
        effects: () => [
          effect('GoalCreated', `goal:${newId}`, () =>
            model.goals.set(newId, { name: name.normalize('NFC').trim(), description, event, filters, archived: false }),
          ),
        ],
      };
    }
    case 'EditGoal': {
      const goal = model.goals.get(command.id);
      if (goal === undefined) return 'missing';
      const { id, event = goal.event, filters = goal.filters } = command;
      const redefined = !same({ event, filters }, { event: goal.event, filters: goal.filters });
      const measuring = [...model.experiments].filter(([, { started, goals }]) => started !== null && goals.includes(id));
      const users = measuring.map(([experiment]) => `experiment ${experiment}`).sort();
      return {
        entity: `goal:${id}`,
        invalid:
          badName(command.name) ||
          badDescription(command.description) ||
          BAD_EVENTS.includes(event) ||
          BAD_FILTERS.some((bad) => same(bad, filters)),
        guards: () => [
          ...(goal.archived ? [refused('ILLEGAL_STATE')] : []),
          ...(command.name === undefined ? [] : nameGuard(model.goals, command.name, id)),
          ...(redefined && users.length > 0 ? [refused('IN_USE', users)] : []),
        ],
        effects: () => [
          ...text('Goal', `goal:${id}`, goal, command),
          ...when(redefined, 'GoalRedefined', `goal:${id}`, () => Object.assign(goal, { event, filters })),
        ],
      };
    }
    case 'ArchiveGoal':
      return archive(model, 'goal', command.id, model.goals.get(command.id));
    case 'RestoreGoal':
      return restore('goal', command.id, model.goals.get(command.id), (goal: GoalModel) => [
        ...nameGuard(model.goals, goal.name),
        ...roomGuard(model.goals, limits.goals),
      ]);
  }
}

const capital = (kind: string): string => `${kind[0]?.toUpperCase()}${kind.slice(1)}`;

function archive(model: Model, kind: 'key' | 'segment' | 'goal', id: string, thing: { archived: boolean } | undefined): Plan {
  if (thing === undefined) return 'missing';
  const users = usersOf(model, kind, id);
  return {
    entity: `${kind}:${id}`,
    guards: () => (users.length > 0 ? [refused('IN_USE', users)] : []),
    effects: () => when(!thing.archived, `${capital(kind)}Archived`, `${kind}:${id}`, () => (thing.archived = true)),
  };
}

function restore<T extends { archived: boolean }>(
  kind: string,
  id: string,
  thing: T | undefined,
  guards: (thing: T) => ReturnType<typeof nameGuard>,
): Plan {
  if (thing === undefined) return 'missing';
  return {
    entity: `${kind}:${id}`,
    guards: () => guards(thing),
    effects: () => when(thing.archived, `${capital(kind)}Restored`, `${kind}:${id}`, () => (thing.archived = false)),
  };
}

/** S4, for names that need no cutting. */
function copyName(model: Model, { name }: SegmentModel): string {
  let candidate = `${name} (copy)`;
  for (let copy = 2; nameGuard(model.segments, candidate).length > 0; copy += 1) candidate = `${name} (copy ${copy})`;
  return candidate;
}
