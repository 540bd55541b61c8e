import { leastRight, type Right } from '../src/application/authorization';

/** Every operation that submits no command, and the right it asks for: one that is missing here stops the schema from being built. */
export const PERMISSIONS: Readonly<Record<string, Right>> = {
  'Query.project': 'read set-up',
  'Query.projects': 'read set-up',
  'Query.key': 'read set-up',
  'Query.keys': 'read set-up',
  'Query.readModels': 'operate',
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
  'Query.history': 'read history',
  'Query.diff': 'read history',
  'Query.setup': 'read set-up',
  'Query.planSetup': 'read set-up',
  'Query.signedHeads': 'read history',
  'Mutation.signHead': 'read history',
  'Query.readModelDigest': 'read history',
  'Query.flag': 'read set-up',
  'Query.flags': 'read set-up',
  'Query.config': 'read set-up',
  'Query.configs': 'read set-up',
  'Query.experiment': 'read set-up',
  'Query.experiments': 'read set-up',
  'Query.holdout': 'read set-up',
  'Query.holdouts': 'read set-up',
  'Subscription.changes': 'subscribe',
};

/**
 * What an operation asks of its caller before it does anything; undefined: it is not decided. A mutation has the name of the command that it submits,
 * and that asks for all of its rights when it is submitted (A7).
 */
export function rightOf(operation: string): Right | undefined {
  return PERMISSIONS[operation] ?? leastRight(operation.replace(/^Mutation\.(.)/, (_, first: string) => first.toUpperCase()));
}
