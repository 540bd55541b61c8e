import { EMPTY_PROJECT } from '../src/domain/decider';
import type { Project } from '../src/domain/project';
import { entityProjection, type DocumentOf } from './entity-projection';

/** The project itself. Its stamp is that of its own events; how far the project's ledger goes, the checkpoint says. */
export type ProjectDocument = DocumentOf<Project>;

export const projects = entityProjection<Project>({
  collection: 'projects',
  kind: 'project',
  alone: (project) => ({ ...EMPTY_PROJECT, project }),
  find: (state) => state.project,
  standing: () => ({ archived: false }),
});
