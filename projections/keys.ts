import type { Key } from '../src/domain/key';
import { NOTHING } from '../src/domain/project';
import { byArchived, entityProjection, type DocumentOf } from './entity-projection';

/** A key; its id is its name (K1). */
export type KeyDocument = DocumentOf<Key>;

export const keys = entityProjection<Key>({
  collection: 'keys',
  kind: 'key',
  alone: (key, name) => ({ ...NOTHING, keys: NOTHING.keys.set(name, key) }),
  find: (state, name) => state.keys.get(name),
  standing: byArchived,
});
