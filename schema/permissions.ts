import { ALL_PROJECTS, ROLES, type Caller, type Role } from '../src/application/caller';

/** What an operation asks of its caller's role in the project it is about. */
export const RIGHTS = {
  /** Set up new projects: an instance admin's, so the role must hold in every project. */
  'create projects': ['admin'],
  /** What experiences are built from: the project itself, keys, segments, goals, and the exclusivity setting. */
  'write set-up': ['admin'],
  /** Flags, configs and experiments. */
  'write experiences': ['admin', 'creator'],
  /** Whoever may read how it came about may read what is there: it is the history's end. */
  'read set-up': ['admin', 'creator', 'member', 'auditor'],
  /** Who changed what, when and why. */
  'read history': ['admin', 'auditor'],
  /** Every change, as it happens and from the past. */
  subscribe: ['admin', 'auditor', 'analyst'],
  /** Look after the read models: an instance admin's. */
  operate: ['admin'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;
export type Right = keyof typeof RIGHTS;

/** Every operation of the schema, and the right it asks for: one that is missing here stops the schema from being built. */
export const PERMISSIONS: Readonly<Record<string, Right>> = {
  'Query.project': 'read set-up',
  'Query.projects': 'read set-up',
  'Query.key': 'read set-up',
  'Query.keys': 'read set-up',
  'Mutation.createProject': 'create projects',
  'Mutation.editProject': 'write set-up',
  'Mutation.createKey': 'write set-up',
  'Mutation.editKey': 'write set-up',
  'Mutation.archiveKey': 'write set-up',
  'Mutation.restoreKey': 'write set-up',
  'Query.readModels': 'operate',
  'Mutation.rebuildReadModels': 'operate',
  'Mutation.rollBackReadModels': 'operate',
  'Mutation.discardReadModels': 'operate',
  'Mutation.unparkProject': 'operate',
  'Query.segment': 'read set-up',
  'Query.segments': 'read set-up',
  'Mutation.createSegment': 'write set-up',
  'Mutation.editSegment': 'write set-up',
  'Mutation.cloneSegment': 'write set-up',
  'Mutation.archiveSegment': 'write set-up',
  'Mutation.restoreSegment': 'write set-up',
  'Query.goal': 'read set-up',
  'Query.goals': 'read set-up',
  'Mutation.createGoal': 'write set-up',
  'Mutation.editGoal': 'write set-up',
  'Mutation.archiveGoal': 'write set-up',
  'Mutation.restoreGoal': 'write set-up',
  'Query.exclusivity': 'read set-up',
  'Mutation.enableExclusivity': 'write set-up',
  'Mutation.disableExclusivity': 'write set-up',
  'Mutation.archiveMany': 'write set-up',
  'Query.history': 'read history',
  'Query.diff': 'read history',
  'Mutation.revert': 'write experiences',
  'Query.setup': 'read set-up',
  'Query.planSetup': 'read set-up',
  'Mutation.applySetup': 'write set-up',
  'Query.signedHeads': 'read history',
  'Mutation.signHead': 'read history',
  'Query.readModelDigest': 'read history',
  'Query.flag': 'read set-up',
  'Query.flags': 'read set-up',
  'Query.config': 'read set-up',
  'Query.configs': 'read set-up',
  'Query.experiment': 'read set-up',
  'Query.experiments': 'read set-up',
  'Mutation.createFlag': 'write experiences',
  'Mutation.editFlag': 'write experiences',
  'Mutation.publishFlag': 'write experiences',
  'Mutation.pauseFlag': 'write experiences',
  'Mutation.resumeFlag': 'write experiences',
  'Mutation.archiveFlag': 'write experiences',
  'Mutation.restoreFlag': 'write experiences',
  'Mutation.createConfig': 'write experiences',
  'Mutation.editConfig': 'write experiences',
  'Mutation.publishConfig': 'write experiences',
  'Mutation.pauseConfig': 'write experiences',
  'Mutation.resumeConfig': 'write experiences',
  'Mutation.archiveConfig': 'write experiences',
  'Mutation.restoreConfig': 'write experiences',
  'Mutation.createExperiment': 'write experiences',
  'Mutation.editExperiment': 'write experiences',
  'Mutation.startExperiment': 'write experiences',
  'Mutation.raiseExperimentTraffic': 'write experiences',
  'Mutation.stopExperiment': 'write experiences',
  'Mutation.rollOutExperiment': 'write experiences',
  'Mutation.archiveExperiment': 'write experiences',
  'Mutation.restoreExperiment': 'write experiences',
  'Subscription.changes': 'subscribe',
};

/** Rights that mean nothing in one project alone. */
const EVERYWHERE: readonly Right[] = ['create projects', 'operate'];

/** Whether the caller has the right in the project. */
export function may({ grants }: Pick<Caller, 'grants'>, right: Right, projectId: string): boolean {
  const roles: readonly Role[] = RIGHTS[right];
  const granted = (project: string): boolean => roles.some((role) => grants.get(project)?.has(role) ?? false);
  return granted(ALL_PROJECTS) || (!EVERYWHERE.includes(right) && granted(projectId));
}

/** The roles that have the right, in words. */
export function rolesWith(right: Right): string {
  const roles = ROLES.filter((role) => (RIGHTS[right] as readonly Role[]).includes(role));
  return `${roles.join(' or ')}${EVERYWHERE.includes(right) ? ' in every project ("*")' : ''}`;
}
