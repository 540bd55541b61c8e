import { ReadModelUnavailable } from '../read-model/read-model';

/** Leadership has changed: the next run continues from the last position, beginning with a comparison. */
export class LeadershipChanged extends Error {}

/** Acknowledged batches may be lost: the next run continues from the last position, beginning with a comparison. */
export class Invalidated extends ReadModelUnavailable {}
