import { decideCommand, type Command } from '../src/domain/command';
import { DEFAULT_LIMITS } from '../src/domain/limits';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { limitReached, type Refusal } from '../src/domain/refusal';
import { isRefusal } from '../src/domain/slice';
import { ReadModelUnavailable } from '../src/read-model/read-model';
import type { Context } from './context';

/**
 * A refusal if the instance has no room for one more project. An id that is there goes on to the project's own stream, which knows the better answer:
 * it exists already, or this is the repetition of the command that created it. And what is wrong with the input is said before any limit (A6).
 *
 * Soft: the count is the read model's, and no stream spans projects, so projects created at the same moment can pass it together. It is there to
 * keep an instance from being filled by accident, not to keep any rule. So no one counts while the read model is away.
 */
export async function refusalIfNoRoom(
  { reader, projectLimit }: Context,
  command: Extract<Command, { type: 'CreateProject' }>,
): Promise<Refusal | undefined> {
  const ids = await reader.projectIds().catch((error: unknown): readonly string[] => {
    if (error instanceof ReadModelUnavailable) return [];
    throw error;
  });
  if (ids.length < projectLimit || ids.includes(command.id)) return undefined;
  const decision = decideCommand(EMPTY_PROJECT, command.id, command, { limits: DEFAULT_LIMITS, newId: command.id });
  if (isRefusal(decision)) return decision;
  return limitReached(
    `This instance holds at most ${projectLimit} projects, and has them. Its operator can raise PROJECT_LIMIT.`,
    projectLimit,
  );
}
