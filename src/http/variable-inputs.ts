import {
  getNullableType,
  isInputObjectType,
  isListType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { limitExceeded } from './query-limits';

/** Input objects and items of lists in the variables of an operation. What is JSON by its type is taken as it is, and not counted. */
export const MOST_INPUTS = 5_000;

/** Refuses variables with so many inputs that making each of them would take long. To be asked before they are made; throws an error with the code `LIMIT_EXCEEDED`. */
export function refuseManyInputs(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> = {},
): void {
  const open: [GraphQLInputType, unknown][] = [];
  for (const { variable, type: node } of variableDefinitions) {
    const type = typeFromAST(schema, node as never) as GraphQLInputType | undefined;
    if (type !== undefined) open.push([type, variables[variable.name.value]]);
  }
  let inputs = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [given, value] = next;
    if (typeof value !== 'object' || value === null) continue;
    const type = getNullableType(given);
    if (isListType(type)) {
      const items = Array.isArray(value) ? (value as unknown[]) : [value];
      inputs += items.length;
      // Not each of a million before they are counted.
      if (inputs <= MOST_INPUTS) for (const item of items) open.push([type.ofType as GraphQLInputType, item]);
    } else if (isInputObjectType(type)) {
      inputs += 1;
      const fields = type.getFields();
      for (const [name, of] of Object.entries(value)) if (fields[name] !== undefined) open.push([fields[name].type, of]);
    }
    if (inputs > MOST_INPUTS) {
      throw limitExceeded(
        `The variables have more than ${MOST_INPUTS} input objects and items of lists, which is the limit. Send less at once.`,
      );
    }
  }
}
