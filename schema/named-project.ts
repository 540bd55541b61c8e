import { getNamedType, isInputObjectType, type GraphQLField } from 'graphql';
import type { Context } from './context';
import { identityOf, refuseOtherProject, type GlobalId } from './global-id';
import { WrongId } from './wrong-id';

/** Which project the arguments of an operation name; undefined: it is about none. Throws `WrongId` where they name none that can be. */
export type ProjectOf = (args: Readonly<Record<string, unknown>>) => string | undefined;

interface Naming {
  readonly projectId?: string | null;
  readonly id?: GlobalId | null;
}

/**
 * An operation names its project by `projectId`, by the `id` of the thing that it is about, or by both, which must agree: all that is asked of its
 * caller is asked in that project, before anything is read.
 */
export function projectNamedBy({ args: declared }: GraphQLField<unknown, Context>): ProjectOf {
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
