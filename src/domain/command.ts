import { archiveMany, type ArchiveMany } from './archive-many';
import { decide, type SingleCommand } from './decider';
import type { ProjectState } from './project-state';
import { revert, type Revert } from './revert';
import type { Decision, DecisionContext } from './slice';

/** Whatever can be asked of a project. */
export type Command = SingleCommand | ArchiveMany | Revert;

/** Decides any command that is not a repetition. Pure, as `decide` is. */
export function decideCommand(state: ProjectState, projectId: string, command: Command, context: DecisionContext): Decision {
  switch (command.type) {
    case 'ArchiveMany':
      return archiveMany(state, projectId, command, context);
    case 'Revert':
      return revert(state, projectId, command, context);
    default:
      return decide(state, projectId, command, context);
  }
}
