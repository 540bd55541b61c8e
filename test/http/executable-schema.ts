import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLFieldConfigMap,
} from 'graphql';
import { RequestError } from '../../schema/error';

/** Lets a test see how many mutations began, and hold them until it says so. */
export const slow = { started: 0, finished: 0, milliseconds: 0 };

const item: GraphQLObjectType = new GraphQLObjectType({
  name: 'Item',
  fields: (): GraphQLFieldConfigMap<unknown, unknown> => ({
    name: { type: GraphQLString, resolve: () => 'item' },
    next: { type: item, resolve: () => ({}) },
    items: { type: new GraphQLList(item), args: { first: { type: GraphQLInt } }, resolve: () => [{}] },
    number: { type: GraphQLInt, resolve: () => 'no number' },
  }),
});

/** Small, but with everything the HTTP layer must cope with: nesting, pages, errors of every kind, and a mutation that takes its time. */
export function makeExecutableSchema(): GraphQLSchema {
  const fail = (error: () => unknown) => ({
    type: GraphQLString,
    resolve: () => {
      throw error();
    },
  });
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        hello: {
          type: GraphQLString,
          args: { name: { type: new GraphQLNonNull(GraphQLString), defaultValue: 'you' } },
          resolve: (_, { name }) => name as string,
        },
        item: { type: item, resolve: () => ({}) },
        items: { type: new GraphQLList(item), args: { first: { type: GraphQLInt } }, resolve: () => [{}] },
        crash: fail(() => new Error('password=hunter2 in /etc/ledger')),
        forbidden: fail(() => new RequestError('FORBIDDEN', 'Your token has no role in this project.')),
        whoami: { type: GraphQLString, resolve: (_, __, context: { caller: { actor: { id: string } } }) => context.caller.actor.id },
      },
    }),
    mutation: new GraphQLObjectType({
      name: 'Mutation',
      fields: {
        wait: {
          type: GraphQLBoolean,
          resolve: async () => {
            slow.started += 1;
            await new Promise((resolve) => setTimeout(resolve, slow.milliseconds));
            slow.finished += 1;
            return true;
          },
        },
      },
    }),
  });
}
