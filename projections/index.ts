import type { Projection } from '../src/read-model/projection';
import { actors } from './actors';
import { ENTITY_PROJECTIONS } from './entities';
import { exclusivity } from './exclusivity';
import { projects } from './projects';
import { usage } from './usage';

/** Every read model there is. */
export const projections: readonly Projection[] = [projects, ...Object.values(ENTITY_PROJECTIONS), exclusivity, usage, actors];
