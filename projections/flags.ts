import type { Flag } from '../src/domain/flag';
import { NOTHING } from '../src/domain/project';
import { byStatus, entityProjection, type DocumentOf } from './entity-projection';

/** One key with a value for some users, whether it is served or not. */
export type FlagDocument = DocumentOf<Flag>;

export const flags = entityProjection<Flag>({
  collection: 'flags',
  kind: 'flag',
  alone: (flag, id) => ({ ...NOTHING, flags: NOTHING.flags.set(id, flag) }),
  find: (state, id) => state.flags.get(id),
  standing: byStatus,
});
