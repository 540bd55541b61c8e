import { notAcknowledged, type Acknowledging } from './acknowledge';
import { archiveMany, type ArchiveMany } from './archive-many';
import { decide, type SingleCommand } from './decider';
import type { ProjectState } from './project-state';
import { revert, type Revert } from './revert';
import { isRefusal, type Decision, type DecisionContext } from './concept';

/** Whatever can be asked of a project. */
export type Command = (SingleCommand | ArchiveMany | Revert) & Acknowledging;

/** Decides any command that is not a repetition. Pure, as `decide` is. */
export function decideCommand(state: ProjectState, projectId: string, command: Command, context: DecisionContext): Decision {
  const decision = decideAny(state, projectId, command, context);
  return isRefusal(decision) ? decision : (notAcknowledged(state, decision, command.acknowledge) ?? decision);
}

function decideAny(state: ProjectState, projectId: string, command: Command, context: DecisionContext): Decision {
  switch (command.type) {
    case 'ArchiveMany':
      return archiveMany(state, projectId, command, context);
    case 'Revert':
      return revert(state, projectId, command, context);
    default:
      return decide(state, projectId, command, context);
  }
}
