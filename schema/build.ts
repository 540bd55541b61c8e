import 'reflect-metadata';
import { GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { carryContexts } from './carried-context';
import { guard } from './guard';
import { resolvers } from './index';

/** Inputs of which exactly one member is given. type-graphql knows no such thing, so it is set on what it has built. */
const ONE_OF: readonly string[] = ['AsOfInput', 'RuleInput', 'WindowInput'];

/** The executable schema, with permissions in front of every operation. */
export function buildExperienceSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    // The domain checks what commands say, in one place for every way in.
    validate: false,
    emitSchemaFile: false,
  });
  for (const name of ONE_OF) {
    const type = schema.getType(name);
    if (!(type instanceof GraphQLInputObjectType)) throw new Error(`there is no input ${name}`);
    type.isOneOf = true;
  }
  return guard(carryContexts(schema));
}
