import 'reflect-metadata';
import { GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { countAnswers } from './answer-size';
import { carryContexts } from './carried-context';
import { giveGlobalIds } from './global-id';
import { guard } from './guard';
import { resolvers } from './index';
import { refuseMissingProjects } from './reach';
import { refuseNulls } from './null-inputs';
import { refuseWrongInputs } from './error';

/** Inputs of which exactly one member is given. type-graphql knows no such thing, so it is set on what it has built. */
const ONE_OF: readonly string[] = ['AsOfInput', 'RuleInput', 'WindowInput'];

/** Descriptions of the roots, which type-graphql takes from nowhere. */
const ROOTS = {
  Query:
    'Everything that can be asked. Nothing is changed by asking. What is asked of a project that is not there is null, with the error NOT_FOUND; a thing that is not there is null.',
  Mutation:
    'Everything that can be changed, each by one command, which is stored whole or refused. In an input null means none, and is refused where there cannot be none.',
  Subscription: 'What can be followed, over WebSocket or SSE.',
};

/** type-graphql asks for one as soon as there is a subscription. None of ours uses it: each brings its own source. */
const NONE: PubSub = {
  publish: () => {
    throw new Error('nothing is published here: a subscription brings its own source');
  },
  subscribe: () => {
    throw new Error('nothing is published here: a subscription brings its own source');
  },
};

/** The executable schema, with permissions in front of every operation. */
export function buildExperienceSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    // The domain checks what commands say, in one place for every way in.
    validate: false,
    emitSchemaFile: false,
    pubSub: NONE,
  });
  for (const [name, description] of Object.entries(ROOTS)) Object.assign(schema.getType(name) ?? {}, { description });
  for (const name of ONE_OF) {
    const type = schema.getType(name);
    if (!(type instanceof GraphQLInputObjectType)) throw new Error(`there is no input ${name}`);
    type.isOneOf = true;
  }
  // The last one comes first: rights are asked for before anything is said of what is in the project.
  const steps = [giveGlobalIds, carryContexts, countAnswers, refuseMissingProjects, refuseNulls, guard, refuseWrongInputs];
  return steps.reduce((built, step) => step(built), schema);
}
