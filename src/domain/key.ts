import { described } from './change-words';
import { type Concept, type DecisionContext, type Evolve, archived, changed, created, restored } from './concept';
import type { Change, EntityRef, Fact } from './event';
import { sameJson, type Json } from './json';
import { noRoom } from './limits';
import type { ProjectState } from './project-state';
import { alreadyExists, illegalState, invalid, type RefusalOf } from './refusal';
import { around, differing } from './revert-steps';
import { nothingToCheck, onExisting, type Edit } from './targeting';
import { checkDescription, checkKeyName } from './text';
import { refusalIfUsed } from './usage';
import { checkValue, VALUE_TYPES, type ValueType } from './value';
import { entityText, valueText } from './text-part';

/* events */

export type KeyEvent =
  | Fact<'KeyCreated', { readonly type: ValueType; readonly defaultValue: Json; readonly description: string }>
  | Fact<'KeyDefaultChanged', Change<Json>>
  | Fact<'KeyDescribed', Change<string>>
  | Fact<'KeyArchived', Record<string, never>>
  | Fact<'KeyRestored', Record<string, never>>;

/* state */

/** A named, typed value that an app reads, with a default. Its name is its identity: unique for ever, and never changed (K1). */
export interface Key {
  readonly name: string;
  readonly type: ValueType;
  readonly defaultValue: Json;
  readonly description: string;
  readonly archived: boolean;
}

/* evolve */

const change = (state: ProjectState, entity: EntityRef, changes: Partial<Key>): ProjectState => {
  const key = state.keys.get(entity.id);
  return key ? { ...state, keys: state.keys.set(entity.id, { ...key, ...changes }) } : state;
};

const evolve: Evolve<KeyEvent> = {
  KeyCreated: (state, { entity, data }) => ({
    ...state,
    activeKeys: state.activeKeys + 1,
    keys: state.keys.set(entity.id, { name: entity.name, ...data, archived: false }),
  }),
  KeyDefaultChanged: (state, { entity, data }) => change(state, entity, { defaultValue: data.to }),
  KeyDescribed: (state, { entity, data }) => change(state, entity, { description: data.to }),
  KeyArchived: (state, { entity }) => change({ ...state, activeKeys: state.activeKeys - 1 }, entity, { archived: true }),
  KeyRestored: (state, { entity }) => change({ ...state, activeKeys: state.activeKeys + 1 }, entity, { archived: false }),
};

/* commands */

interface OnKey extends Edit {
  readonly name: string;
}

export type KeyCommand =
  | {
      readonly type: 'CreateKey';
      readonly name: string;
      readonly valueType: ValueType;
      readonly defaultValue: Json;
      readonly description?: string;
    }
  | ({ readonly type: 'EditKey'; readonly defaultValue?: Json; readonly description?: string } & OnKey)
  | ({ readonly type: 'ArchiveKey' } & OnKey)
  | ({ readonly type: 'RestoreKey' } & OnKey);

/* decide */

const target = {
  kind: 'key' as const,
  id: (command: OnKey) => command.name,
  find: (state: ProjectState, name: string) => state.keys.get(name),
};

const ref = (key: { readonly name: string }): EntityRef => ({ kind: 'key', id: key.name, name: key.name });

/** K4 */
const full = (state: ProjectState, { limits }: DecisionContext): RefusalOf<'LIMIT_REACHED'> | undefined =>
  noRoom('keys', state.activeKeys, limits);

export const key = {
  kind: 'key',
  right: 'write set-up',
  schemaVersions: { KeyCreated: 1, KeyDefaultChanged: 1, KeyDescribed: 1, KeyArchived: 1, KeyRestored: 1 },
  evolve,
  decide: {
    CreateKey: (state, command, context) => {
      const { name, valueType, defaultValue, description = '' } = command;
      const problems = [
        ...checkKeyName(name, 'name'),
        ...(VALUE_TYPES.includes(valueType)
          ? checkValue(valueType, defaultValue, 'defaultValue')
          : [{ path: 'valueType', message: `must be one of ${VALUE_TYPES.join(', ')}` }]),
        ...checkDescription(description, 'description'),
      ];
      if (problems.length > 0) return invalid(...problems);
      const holder = state.keys.get(name);
      if (holder) {
        const advice = holder.archived ? 'It is archived and keeps its name: restore it, or choose another name.' : 'Choose another name.';
        return alreadyExists(ref(holder), advice);
      }
      return full(state, context) ?? [{ type: 'KeyCreated', entity: ref(command), data: { type: valueType, defaultValue, description } }];
    },

    // K3: the name and the type never change.
    EditKey: onExisting(
      target,
      (command, { type, defaultValue }) => [
        ...(command.defaultValue === undefined ? [] : checkValue(type, command.defaultValue, 'defaultValue', defaultValue)),
        ...(command.description === undefined ? [] : checkDescription(command.description, 'description')),
      ],
      (_state, was, command) => {
        const { defaultValue = was.defaultValue, description = was.description } = command;
        const facts: KeyEvent[] = [];
        if (!sameJson(defaultValue, was.defaultValue)) {
          facts.push({ type: 'KeyDefaultChanged', entity: ref(was), data: { from: was.defaultValue, to: defaultValue } });
        }
        if (description !== was.description) {
          facts.push({ type: 'KeyDescribed', entity: ref(was), data: { from: was.description, to: description } });
        }
        if (was.archived && facts.length > 0) return illegalState(`The key "${was.name}" is archived. Restore it before you edit it.`);
        return facts;
      },
    ),

    ArchiveKey: onExisting(target, nothingToCheck, (state, was) => {
      if (was.archived) return [];
      return refusalIfUsed(state, ref(was)) ?? [{ type: 'KeyArchived', entity: ref(was), data: {} }];
    }),

    // K6
    RestoreKey: onExisting(target, nothingToCheck, (state, was, _command, context) => {
      if (!was.archived) return [];
      return full(state, context) ?? [{ type: 'KeyRestored', entity: ref(was), data: {} }];
    }),
  },
  sentence: {
    KeyCreated: ({ entity, data }) =>
      `created ${data.type.toLowerCase()} key ${entityText(entity)} with default ${valueText(JSON.stringify(data.defaultValue))}`,
    KeyDefaultChanged: ({ entity, data }) =>
      `changed the default of key ${entityText(entity)} from ${valueText(JSON.stringify(data.from))} to ${valueText(JSON.stringify(data.to))}`,
    KeyDescribed: ({ entity, data }) => described(`key ${entityText(entity)}`, data),
    KeyArchived: ({ entity }) => `archived key ${entityText(entity)}`,
    KeyRestored: ({ entity }) => `restored key ${entityText(entity)}`,
  },
  changed: {
    KeyCreated: created,
    KeyDefaultChanged: changed('defaultValue'),
    KeyDescribed: changed('description'),
    KeyArchived: archived,
    KeyRestored: restored,
  },
  revert: ({ keys }, name, then: Pick<Key, 'defaultValue' | 'description' | 'archived'>) => {
    const now = keys.get(name);
    if (now === undefined) return undefined;
    const { defaultValue, description } = then;
    return around(
      { now: now.archived, then: then.archived },
      [
        ...differing('defaultValue', now, then, () => ({ type: 'EditKey', name, defaultValue })),
        ...differing('description', now, then, () => ({ type: 'EditKey', name, description })),
      ],
      { restore: { type: 'RestoreKey', name }, archive: { type: 'ArchiveKey', name } },
    );
  },
  archive: ({ id, ...edit }) => ({ type: 'ArchiveKey', name: id, ...edit }),
} as const satisfies Concept<'key', KeyEvent, KeyCommand>;
