import type { Key } from '../src/domain/key';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { byArchived, entityProjection, type DocumentOf } from './entity-projection';

/** A key; its id is its name (K1). */
export type KeyDocument = DocumentOf<Key>;

export const keys = entityProjection<Key>({
  collection: 'keys',
  kind: 'key',
  alone: (key, name) => ({ ...EMPTY_PROJECT, keys: EMPTY_PROJECT.keys.set(name, key) }),
  find: (state, name) => state.keys.get(name),
  standing: byArchived,
});
