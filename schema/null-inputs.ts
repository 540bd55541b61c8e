import {
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLFieldResolver,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from './context';
import { JsonScalar } from './scalars';
import { WrongInput } from './error';

/**
 * In an input, null means none. These can be none: what a command need not say of itself, what may name nothing, limits that need not be, and what
 * is one of several ways to say the same. All else that may be left out means something then, and is refused as null.
 */
const MAY_BE_NONE: ReadonlySet<string> = new Set([
  ...['commandId', 'reason', 'preview', 'expectedVersion', 'plannedAt', 'projectId', 'acknowledge', 'noReach', 'baselineOf'],
  ...['description', 'audienceId', 'segmentId', 'row', 'variant', 'property', 'cap', 'margin', 'horizonDays', 'until'],
  ...['standardDeviation', 'count', 'atLeast', 'atMost', 'exactly', 'includeZero', 'values'],
  // One of two ways to say the same.
  ...['EditKeyInput.id', 'EditKeyInput.name', 'CreateExperimentInput.goals'],
]);

/** Inputs that only say what they are about, by one of several of their members. */
const ALL_MAY_BE_NONE: ReadonlySet<string> = new Set(['KeyInput', 'ExclusivityInput', 'EntityFilter', 'EvaluatedUserInput']);

/** Refuses null where an input does not take it, before the resolver is called. An argument that is no input, such as a filter of a list, counts as left out when it is null. */
export function refuseNulls(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const inputs = field.args.filter((argument) => isInputObjectType(getNullableType(argument.type)));
      if (inputs.length > 0) field.resolve = refusing(inputs, field.resolve as GraphQLFieldResolver<unknown, Context>);
    }
  }
  return schema;
}

function refusing(
  inputs: readonly GraphQLArgument[],
  resolve: GraphQLFieldResolver<unknown, Context>,
): GraphQLFieldResolver<unknown, Context> {
  return (source, args: Readonly<Record<string, unknown>>, context, info) => {
    for (const { name, type } of inputs) refuseIn(type, args[name], name === 'input' ? '' : name);
    return resolve(source, args, context, info);
  };
}

function refuseIn(given: GraphQLInputType, value: unknown, path: string): void {
  const type = getNullableType(given);
  if (typeof value !== 'object' || value === null) return;
  if (isListType(type)) {
    const items: GraphQLInputType = type.ofType;
    (value as readonly unknown[]).forEach((item, index) => refuseIn(items, item, `${path}[${index}]`));
  } else if (isInputObjectType(type)) {
    const fields = type.getFields();
    // In the order of the type's fields, as they were coerced.
    for (const [name, member] of Object.entries(value)) {
      const field = fields[name];
      if (typeof member !== 'object' || field === undefined) continue;
      const at = path === '' ? field.name : `${path}.${field.name}`;
      if (member !== null) refuseIn(field.type, member, at);
      else if (!mayBeNone(type.name, field)) throw new WrongInput(at, 'must not be null: leave it out instead');
    }
  }
}

/** In a JSON value null is a value, which the domain checks. */
function mayBeNone(input: string, { name, type }: { readonly name: string; readonly type: GraphQLInputType }): boolean {
  return (
    type === JsonScalar || isNonNullType(type) || ALL_MAY_BE_NONE.has(input) || MAY_BE_NONE.has(name) || MAY_BE_NONE.has(`${input}.${name}`)
  );
}
