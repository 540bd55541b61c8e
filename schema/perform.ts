import { Field, ID, InputType, Int } from 'type-graphql';
import { missingRight } from '../src/application/authorization';
import type { Submission } from '../src/application/execute';
import type { Cursor } from '../src/domain/cursor';
import { invalid, type Refusal } from '../src/domain/refusal';
import type { ProjectionOf } from '../projections/projection';
import { ReadModelUnavailable } from '../src/read-model/read-model';
import { acknowledgeOf } from './acknowledge-input';
import type { Context } from './context';
import { forbidden } from './guard';
import { referenceTo } from './global-id';
import { Accepted, Preview } from './outcome';
import { shownRefusal, type ShownRefusal } from './shown-refusal';

@InputType({ description: 'What every command may say of itself.' })
export abstract class AnyCommandInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Your own id for this command, 1 to 128 printable ASCII characters. The same id with the same input again returns the first result and writes nothing, so a retry is safe. A command that changed nothing leaves no trace: the same id again is decided anew.',
  })
  commandId?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, for the history: at most 500 characters.' })
  reason?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'true: nothing is written, and the answer is a Preview of what the command would do. It takes the rights of the command, and no `commandId`.',
  })
  preview?: boolean | null;
}

@InputType({ description: 'What every command on a project may say of itself.' })
export abstract class CommandInput extends AnyCommandInput {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;
}

const EXPECTED = 'The version that you saw. If it has moved, the command is refused as Stale.';

@InputType({ description: 'What every command on something that exists may say of itself.' })
export abstract class EditInput extends CommandInput {
  @Field(() => Int, { nullable: true, description: EXPECTED })
  expectedVersion?: number | null;
}

@InputType({ description: 'What every command on one thing in a project may say of itself.' })
export abstract class ThingInput extends AnyCommandInput {
  @Field(() => ID, { nullable: true, description: 'The project, which the id names as well: an id of another one is refused.' })
  projectId?: string | null;

  @Field(() => Int, { nullable: true, description: EXPECTED })
  expectedVersion?: number | null;
}

/** Which project a command is for, and what its input says of it. */
type InProject = AnyCommandInput & { readonly projectId: string };

type Shown<D> = Promise<D | Accepted | Preview | ShownRefusal>;

/** A preview leaves nothing, so there would be nothing that a repetition could be answered with. */
const WITH_COMMAND_ID = shownRefusal(
  '',
  invalid({ path: 'commandId', message: 'must be left out with `preview`: give it to the command itself' }),
);

/** How a command, or its preview, answers with a refusal that was found before it was submitted. */
export function refused({ preview, commandId, projectId }: InProject, refusal: Refusal): Preview | ShownRefusal {
  if (preview !== true) return shownRefusal(projectId, refusal);
  return commandId ? WITH_COMMAND_ID : new Preview(projectId, { events: [], refusal, usages: [], needed: { noReach: [], baselineOf: [] } });
}

/** A description: null is none. */
export const described = (description: string | null | undefined): string | undefined => (description === null ? '' : description);

/** Fields that are absent are not named (A4), as are those in which null means none (null-inputs.ts). */
export function named<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}

/**
 * Executes a command and answers as its result union says: with the document, once the read model shows the command; with `Accepted`,
 * if it does not in time or its document cannot be read, since a stored fact is never reported as an error; or with the refusal.
 */
export async function perform<D extends object>(
  context: Context,
  input: InProject,
  command: Submission['command'],
  projection: ProjectionOf<D>,
  targetId?: string,
): Shown<D> {
  return performAnd(context, input, command, (id) => context.reader.get(projection, input.projectId, id), targetId);
}

/**
 * The same, where the answer is not one document. `read` is given the id of what the command was about, where the command stands, and how many
 * events it wrote: none for a repetition.
 */
export async function performAnd<D extends object>(
  { execute, preview, caller, requestId, progress, reportError }: Context,
  input: InProject,
  command: Submission['command'],
  read: (id: string, cursor: Cursor, events: number) => Promise<D | undefined>,
  targetId = '',
  causationId?: string,
): Shown<D> {
  const { projectId, commandId, reason, preview: isPreview } = input;
  const missing = missingRight(caller, projectId, command);
  if (missing !== undefined) throw forbidden(missing, projectId);
  const submission = {
    projectId,
    command: { ...command, ...acknowledgeOf(input, projectId) },
    actor: caller.actor,
    commandId: named(commandId),
    reason: named(reason),
    correlationId: requestId,
    ...(causationId === undefined ? {} : { causationId }),
  };
  if (isPreview) return submission.commandId === undefined ? new Preview(projectId, await preview(submission)) : WITH_COMMAND_ID;
  const outcome = await execute(submission);
  if (outcome.kind === 'refused') return shownRefusal(projectId, outcome.refusal);
  const { cursor, entity, events } = outcome;
  const reference = entity && referenceTo(projectId, entity);
  try {
    const shown = await progress.reached(projectId, cursor.revision);
    const document = shown === 'reached' ? await read(entity?.id ?? targetId, cursor, events.length) : undefined;
    return document ?? new Accepted(cursor, reference);
  } catch (error) {
    // That the read model is away is expected, and said by readiness; anything else is a fault that only the log can tell of.
    if (!(error instanceof ReadModelUnavailable))
      reportError(error, 'a stored command is answered as Accepted: its result could not be read');
    return new Accepted(cursor, reference);
  }
}
