import type { Config } from '../src/domain/config';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { byStatus, entityProjection, type DocumentOf } from './entity-projection';

/** Several keys with values per segment, whether it is served or not. */
export type ConfigDocument = DocumentOf<Config>;

export const configs = entityProjection<Config>({
  collection: 'configs',
  kind: 'config',
  alone: (config, id) => ({ ...EMPTY_PROJECT, configs: EMPTY_PROJECT.configs.set(id, config) }),
  find: (state, id) => state.configs.get(id),
  standing: byStatus,
});
