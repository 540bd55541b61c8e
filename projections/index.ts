import type { Projection } from '../src/read-model/projection';
import { actors } from './actors';
import { ENTITY_PROJECTIONS, projects } from './entities';
import { exclusivity } from './exclusivity';
import { usage } from './usage';

/** Every read model there is. */
export const projections: readonly Projection[] = [projects, ...Object.values(ENTITY_PROJECTIONS), exclusivity, usage, actors];

/**
 * The version of what all projections together make of the events: documents, what they are found by, and in which collections. A change to any of it is a
 * new version here, so that an instance builds read models of its own, beside those that instances of the version before still read.
 * `test/projections/version.test.ts` fails when it has been forgotten.
 */
export const PROJECTION_VERSION = '3';
