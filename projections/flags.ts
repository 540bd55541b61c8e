import type { Flag } from '../src/domain/flag';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { byStatus, entityProjection, type DocumentOf } from './entity-projection';

/** One key with a value for some users, whether it is served or not. */
export type FlagDocument = DocumentOf<Flag>;

export const flags = entityProjection<Flag>({
  collection: 'flags',
  kind: 'flag',
  alone: (flag, id) => ({ ...EMPTY_PROJECT, flags: EMPTY_PROJECT.flags.set(id, flag) }),
  find: (state, id) => state.flags.get(id),
  standing: byStatus,
});
