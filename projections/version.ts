/**
 * The version of what all projections together make of the events: documents, what they are found by, and in which collections. A change to any of it is a
 * new version here, so that an instance builds read models of its own, beside those that instances of the version before still read.
 * `test/projections/version.test.ts` fails when it has been forgotten.
 */
export const PROJECTION_VERSION = '3';
