import { leastRight, type Right } from '../src/application/authorization';

/** Asked of by all who have a token, whatever it allows. */
const ANY_CALLER = null;

/**
 * Every operation that submits no command, and the right it asks for; and the same of what is inside a project, since a project is listed to more
 * callers than may read what is in it. One that is missing here stops the schema from being built.
 */
export const PERMISSIONS: Readonly<Record<string, Right | typeof ANY_CALLER>> = {
  'Query.viewer': ANY_CALLER,
  'Query.server': ANY_CALLER,
  'Query.operators': ANY_CALLER,
  'Query.ruleLimits': ANY_CALLER,
  'Query.checkRule': 'read set-up',
  'Query.checkGoal': 'read set-up',
  'Query.checkFlagRows': 'read set-up',
  'Query.checkDesign': 'read set-up',
  'Query.vocabulary': 'read set-up',
  // By the kind of what is asked for, as the query of one of that kind.
  'Query.node': ANY_CALLER,
  // By the project of each id.
  'Query.names': ANY_CALLER,
  'Query.search': 'read set-up',
  'Query.project': 'list projects',
  'Query.projects': 'list projects',
  'Query.key': 'read set-up',
  'Query.keys': 'read set-up',
  'Query.readModels': 'read operations',
  'Query.userStore': 'read operations',
  'Query.sessions': 'read operations',
  'Mutation.endSession': 'end sessions',
  'Mutation.endSessionsOf': 'end sessions',
  'Mutation.issueToken': 'issue tokens',
  'Mutation.acceptUserStoreLoss': 'operate',
  'Mutation.rebuildUserStore': 'operate',
  'Mutation.rebuildReadModels': 'operate',
  'Mutation.rollBackReadModels': 'operate',
  'Mutation.discardReadModels': 'operate',
  'Mutation.unparkProject': 'operate',
  'Query.segment': 'read set-up',
  'Query.segments': 'read set-up',
  'Query.goal': 'read set-up',
  'Query.goals': 'read set-up',
  'Query.exclusivity': 'read set-up',
  'Query.evaluate': 'read set-up',
  'Query.experimentsOf': 'read set-up',
  'Query.experimentResults': 'read set-up',
  'Query.sampleSize': ANY_CALLER,
  'Query.estimate': 'read set-up',
  'Query.reachOfUsers': 'read set-up',
  'Mutation.forceVariant': 'force variants',
  'Mutation.clearOverride': 'force variants',
  'Mutation.forgetUser': 'forget users',
  'Mutation.forgetActor': 'forget actors',
  'Query.history': 'read history',
  'Query.actors': 'read history',
  // By the project of each entry.
  'Query.actorHistory': ANY_CALLER,
  'Query.diff': 'read history',
  'Query.setup': 'read set-up',
  'Query.planSetup': 'read set-up',
  'Query.planRestore': 'read history',
  'Query.signedHeads': 'audit the record',
  'Mutation.signHead': 'audit the record',
  'Query.readModelDigest': 'audit the record',
  'Query.flag': 'read set-up',
  'Query.flags': 'read set-up',
  'Query.config': 'read set-up',
  'Query.configs': 'read set-up',
  'Query.experiment': 'read set-up',
  'Query.experiments': 'read set-up',
  'Query.reach': 'read set-up',
  'Query.holdout': 'read set-up',
  'Query.holdouts': 'read set-up',
  'Subscription.changes': 'subscribe',
  'Project.affected': 'read history',
  'Project.createdBy': ANY_CALLER,
  'Project.updatedBy': ANY_CALLER,
  'Subscription.resultsMoved': 'read set-up',
  'Project.key': 'read set-up',
  'Project.keys': 'read set-up',
  'Project.segment': 'read set-up',
  'Project.segments': 'read set-up',
  'Project.goal': 'read set-up',
  'Project.goals': 'read set-up',
  'Project.exclusivity': 'read set-up',
  'Project.flag': 'read set-up',
  'Project.flags': 'read set-up',
  'Project.config': 'read set-up',
  'Project.configs': 'read set-up',
  'Project.experiment': 'read set-up',
  'Project.experiments': 'read set-up',
  'Project.holdout': 'read set-up',
  'Project.holdouts': 'read set-up',
  'Project.history': 'read history',
  'Project.limits': 'read set-up',
  'Project.viewerMay': 'list projects',
};

/**
 * What an operation asks of its caller before it does anything; null: nothing; undefined: it is not decided. A mutation has the name of the command that it submits,
 * and that asks for all of its rights when it is submitted (A7).
 */
export function rightOf(operation: string): Right | typeof ANY_CALLER | undefined {
  return operation in PERMISSIONS
    ? PERMISSIONS[operation]
    : leastRight(operation.replace(/^Mutation\.(.)/, (_, first: string) => first.toUpperCase()));
}
