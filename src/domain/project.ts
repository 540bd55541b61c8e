import { described, renamedText } from './change-words';
import { type Concept, type Decision, type Evolve, changed, created } from './concept';
import type { Change, Fact } from './event';
import { checkText } from './naming';
import { illegalState, invalid } from './refusal';
import { textSteps } from './revert-steps';
import { onExisting, type Edit } from './targeting';
import { checkProjectId, cleanName } from './text';
import { entityText } from './text-part';

/* events */

export type ProjectEvent =
  | Fact<'ProjectCreated', { readonly description: string }>
  | Fact<'ProjectRenamed', Change<string>>
  | Fact<'ProjectDescribed', Change<string>>;

/* state */

/** A project: one stream and one revision, and the boundary inside which every rule holds. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/* evolve */

const evolve: Evolve<ProjectEvent> = {
  ProjectCreated: (state, { entity, data }) => ({
    ...state,
    project: { id: entity.id, name: entity.name, description: data.description },
  }),
  ProjectRenamed: (state, { data }) => ({ ...state, project: state.project && { ...state.project, name: data.to } }),
  ProjectDescribed: (state, { data }) => ({ ...state, project: state.project && { ...state.project, description: data.to } }),
};

/* commands */

export type ProjectCommand =
  | { readonly type: 'CreateProject'; readonly id: string; readonly name: string; readonly description?: string }
  | ({ readonly type: 'EditProject'; readonly id: string; readonly name?: string; readonly description?: string } & Edit);

/* decide */

const target = {
  kind: 'project' as const,
  id: (command: { readonly id: string }) => command.id,
  find: ({ project }: { readonly project: Project | undefined }, id: string) => (project?.id === id ? project : undefined),
};

export const project = {
  kind: 'project',
  right: { CreateProject: 'create projects', EditProject: 'write set-up' },
  schemaVersions: { ProjectCreated: 1, ProjectRenamed: 1, ProjectDescribed: 1 },
  evolve,
  decide: {
    CreateProject: (state, command) => {
      const problems = [...checkProjectId(command.id, 'id'), ...checkText(command)];
      if (problems.length > 0) return invalid(...problems);
      if (state.project) {
        const existing = { kind: 'project' as const, id: state.project.id, name: state.project.name };
        return { code: 'ALREADY_EXISTS', message: `There is already a project with the id "${command.id}". Choose another id.`, existing };
      }
      if (state.head.revision >= 0) return illegalState(`The stream of project "${command.id}" does not begin with its creation.`);
      const entity = { kind: 'project' as const, id: command.id, name: cleanName(command.name) };
      return [{ type: 'ProjectCreated', entity, data: { description: command.description ?? '' } }];
    },
    EditProject: onExisting<Project, Extract<ProjectCommand, { type: 'EditProject' }>, Decision<never>>(
      target,
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
    ProjectCreated: ({ entity }) => `created project ${entityText(entity)}`,
    ProjectRenamed: ({ entity, data }) => `renamed project ${renamedText(entity, data)}`,
    ProjectDescribed: ({ entity, data }) => described(`project ${entityText(entity)}`, data),
  },
  changed: {
    ProjectCreated: created,
    ProjectRenamed: changed('name'),
    ProjectDescribed: changed('description'),
  },
  revert: ({ project: now }, id, then: Pick<Project, 'name' | 'description'>) =>
    now?.id === id ? textSteps(now, then, (text) => ({ type: 'EditProject', id, ...text })) : undefined,
} as const satisfies Concept<'project', ProjectEvent, ProjectCommand>;
