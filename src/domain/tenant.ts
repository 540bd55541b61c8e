import { described, named } from './change-words';
import type { Change, Fact } from './event';
import { checkText } from './naming';
import { illegalState, invalid } from './refusal';
import type { Evolve, Slice } from './slice';
import { onExisting, type Edit } from './targeting';
import { checkProjectId, cleanName } from './text';

/* events */

export type TenantEvent =
  | Fact<'ProjectCreated', { readonly description: string }>
  | Fact<'ProjectRenamed', Change<string>>
  | Fact<'ProjectDescribed', Change<string>>;

/* state */

/** The project itself: the tenant, and the boundary inside which every rule holds. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/* evolve */

const evolve: Evolve<TenantEvent> = {
  ProjectCreated: (state, { entity, data }) => ({
    ...state,
    tenant: { id: entity.id, name: entity.name, description: data.description },
  }),
  ProjectRenamed: (state, { data }) => ({ ...state, tenant: state.tenant && { ...state.tenant, name: data.to } }),
  ProjectDescribed: (state, { data }) => ({ ...state, tenant: state.tenant && { ...state.tenant, description: data.to } }),
};

/* commands */

export type TenantCommand =
  | { readonly type: 'CreateProject'; readonly id: string; readonly name: string; readonly description?: string }
  | ({ readonly type: 'EditProject'; readonly id: string; readonly name?: string; readonly description?: string } & Edit);

/* decide */

const project = {
  kind: 'project' as const,
  id: (command: { readonly id: string }) => command.id,
  find: ({ tenant }: { readonly tenant: Tenant | undefined }, id: string) => (tenant?.id === id ? tenant : undefined),
};

export const tenant: Slice<TenantEvent, TenantCommand> = {
  schemaVersions: { ProjectCreated: 1, ProjectRenamed: 1, ProjectDescribed: 1 },
  evolve,
  decide: {
    CreateProject: (state, command) => {
      const problems = [...checkProjectId(command.id, 'id'), ...checkText(command)];
      if (problems.length > 0) return invalid(...problems);
      if (state.tenant) {
        const existing = { kind: 'project' as const, id: state.tenant.id, name: state.tenant.name };
        return { code: 'ALREADY_EXISTS', message: `There is already a project with the id "${command.id}". Choose another id.`, existing };
      }
      if (state.head.revision >= 0) return illegalState(`The stream of project "${command.id}" does not begin with its creation.`);
      const entity = { kind: 'project' as const, id: command.id, name: cleanName(command.name) };
      return [{ type: 'ProjectCreated', entity, data: { description: command.description ?? '' } }];
    },
    EditProject: onExisting<Tenant, Extract<TenantCommand, { type: 'EditProject' }>>(
      project,
      (command, was) => checkText(command, was),
      (_state, was, command) => {
        const name = command.name === undefined ? was.name : cleanName(command.name);
        const description = command.description ?? was.description;
        const entity = { kind: 'project' as const, id: was.id, name };
        return [
          ...(name === was.name ? [] : [{ type: 'ProjectRenamed', entity, data: { from: was.name, to: name } }]),
          ...(description === was.description
            ? []
            : [{ type: 'ProjectDescribed', entity, data: { from: was.description, to: description } }]),
        ];
      },
    ),
  },
  sentence: {
    ProjectCreated: ({ entity }) => `created project ${named(entity.name)}`,
    ProjectRenamed: ({ data }) => `renamed project ${named(data.from)} to ${named(data.to)}`,
    ProjectDescribed: ({ entity, data }) => described(`project ${named(entity.name)}`, data),
  },
};
