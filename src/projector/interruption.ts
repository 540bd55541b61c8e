import { ReadModelUnavailable } from '../read-model/read-model';

/** The role has changed: from the position reached, in the new role, beginning with a comparison. */
export class RoleChanged extends Error {}

/** What was acknowledged may be gone, as the account of checkpoints has told: from the position reached, beginning with a comparison. */
export class Doubted extends ReadModelUnavailable {}
