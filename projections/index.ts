import type { Projection } from '../src/read-model/projection';
import { configs } from './configs';
import { exclusivity } from './exclusivity';
import { experiments } from './experiments';
import { flags } from './flags';
import { goals } from './goals';
import { keys } from './keys';
import { projects } from './projects';
import { segments } from './segments';
import { usage } from './usage';

/** Every read model there is. */
export const projections: readonly Projection[] = [projects, keys, segments, goals, exclusivity, flags, configs, experiments, usage];
