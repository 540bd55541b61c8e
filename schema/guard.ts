import {
  getNamedType,
  isCompositeType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  type GraphQLField,
} from 'graphql';
import { may, refusedBy, type Right } from '../src/application/authorization';
import type { Context } from './context';
import { RequestError, WrongId } from './error';
import { identityOf, refuseOtherProject, type GlobalId } from './global-id';
import { PERMISSIONS, rightOf } from './permissions';

/** Which project the arguments of an operation name; undefined: it is about none. Throws `WrongId` where they name none that can be. */
type ProjectOf = (args: Readonly<Record<string, unknown>>) => string | undefined;

interface Naming {
  readonly projectId?: string | null;
  readonly id?: GlobalId | null;
}

/**
 * An operation names its project by `projectId`, by the `id` of the thing that it is about, or by both, which must agree: all that is asked of its
 * caller is asked in that project, before anything is read.
 */
function projectNamedBy({ args: declared }: GraphQLField<unknown, Context>): ProjectOf {
  const input = declared.find(({ name }) => name === 'input');
  const type = input && getNamedType(input.type);
  const names = isInputObjectType(type) ? Object.keys(type.getFields()) : declared.map(({ name }) => name);
  const inProject = names.includes('projectId');
  return (args) => {
    const { projectId, id } = (input ? args['input'] : args) as Naming;
    if (id === undefined || id === null) {
      if (inProject && typeof projectId !== 'string') throw new WrongId('id', 'must be given, or `projectId`');
      return projectId ?? undefined;
    }
    const identity = identityOf(id);
    // What is about one thing in a project takes no project's id, so this one is a local id, which names no project.
    if (inProject) refuseOtherProject(identity, projectId ?? (identity.kind === 'project' ? '' : identity.projectId));
    return identity.projectId;
  };
}

/**
 * Puts the table of permissions in front of every operation, and of all that is inside a project. It throws if an operation is not in the table, or the table names one
 * that is not there: what is new is closed until someone has decided who may do it.
 */
export function guard(schema: GraphQLSchema): GraphQLSchema {
  const unknown = new Set(Object.keys(PERMISSIONS));
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (type) guardType(type, unknown);
  }
  guardProject(schema, unknown);
  if (unknown.size > 0) throw new Error(`permissions.ts names operations that the schema does not have: ${[...unknown].join(', ')}`);
  return schema;
}

function guardType(type: GraphQLObjectType, unknown: Set<string>): void {
  for (const field of Object.values(type.getFields())) {
    const operation = `${type.name}.${field.name}`;
    const right = rightOf(operation);
    if (right === undefined) throw new Error(`permissions.ts does not say who may do ${operation}`);
    unknown.delete(operation);
    if (!field.resolve) throw new Error(`${operation} has no resolver`);
    if (right === null) continue;
    // Who subscribes is let in once, before anything comes; what resolves is called for each item.
    const projectOf = projectNamedBy(field);
    if (field.subscribe) field.subscribe = guarded(right, projectOf, field.subscribe as GraphQLFieldResolver<unknown, Context>);
    else field.resolve = guarded(right, projectOf, field.resolve as GraphQLFieldResolver<unknown, Context>);
  }
}

/** What a project has of its own is for all who may list it; each thing inside is for those who have the right to it. */
function guardProject(schema: GraphQLSchema, unknown: Set<string>): void {
  const type = schema.getType('Project');
  if (!isObjectType(type)) throw new Error('the schema has no type Project');
  for (const field of Object.values(type.getFields())) {
    if (!isCompositeType(getNamedType(field.type))) continue;
    const place = `${type.name}.${field.name}`;
    const right = rightOf(place);
    if (right === undefined) throw new Error(`permissions.ts does not say who may read ${place}`);
    unknown.delete(place);
    const resolve = field.resolve as GraphQLFieldResolver<{ readonly id: string }, Context>;
    if (right === null) continue;
    field.resolve = (project: { readonly id: string }, args, context: Context, info) => {
      if (!may(context.caller, right, project.id)) throw forbidden(right, project.id);
      return resolve(project, args, context, info) as unknown;
    };
  }
}

function guarded(
  right: Right,
  projectOf: ProjectOf,
  resolve: GraphQLFieldResolver<unknown, Context>,
): GraphQLFieldResolver<unknown, Context> {
  return (source, args: Readonly<Record<string, unknown>>, context, info) => {
    const projectId = projectOf(args);
    // Whatever it is, as it was it is history.
    const asked = isGiven(args['asOf']) ? 'read history' : right;
    // A list of projects shows each caller those that it may read.
    if (projectId !== undefined || info.fieldName !== 'projects') {
      if (!may(context.caller, asked, projectId ?? '')) {
        throw forbidden(asked, projectId);
      }
    }
    return resolve(source, args, context, info);
  };
}

const isGiven = (argument: unknown): boolean => argument !== undefined && argument !== null;

/** What is said to a caller who does not have the right. */
export function forbidden(right: Right, projectId?: string): RequestError {
  return new RequestError('FORBIDDEN', refusedBy(right, projectId));
}
