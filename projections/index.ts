import type { Projection } from '../src/read-model/projection';
import { configs, experiments, flags, goals, keys, segments } from './entities';
import { exclusivity } from './exclusivity';
import { projects } from './projects';
import { usage } from './usage';

/** Every read model there is. */
export const projections: readonly Projection[] = [projects, keys, segments, goals, exclusivity, flags, configs, experiments, usage];
