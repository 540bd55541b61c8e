import { Field, ID, InputType, Int } from 'type-graphql';
import { missingRight } from '../src/application/authorization';
import type { Submission } from '../src/application/execute';
import type { Acknowledge } from '../src/domain/acknowledge';
import type { Cursor } from '../src/domain/cursor';
import { invalid, type Refusal } from '../src/domain/refusal';
import type { ProjectionOf } from '../src/read-model/projection';
import { ReadModelUnavailable } from '../src/read-model/read-model';
import type { Context } from './context';
import { referenceTo, identityIn, localIdOf, type GlobalId } from './global-id';
import { forbidden } from './guard';
import { Accepted, Preview } from './outcome';
import { shownRefusal, type ShownRefusal } from './shown-refusal';

/* X6, X7: what a command does to running experiments that its sender must have seen. */

@InputType({ description: 'What you have seen that a command does to experiments. Without it such a command is refused.' })
export class AcknowledgeInput {
  @Field(() => Boolean, {
    nullable: true,
    description: 'That an experiment which starts, or takes more of its audience, can take no new user: see NoReach.',
  })
  noReach?: boolean | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'The running experiments whose control gives something else from now on, each of them: see BaselineOfRunning.',
  })
  baselineOf?: GlobalId[] | null;
}

export const ACKNOWLEDGE =
  'What you have seen that it does to experiments: needed where it would be refused as NoReach or BaselineOfRunning.';

/** As a command has it: nothing that a client did not name. */
function acknowledgeOf(input: object, projectId: string): Acknowledge | undefined {
  const { acknowledge } = input as { readonly acknowledge?: AcknowledgeInput | null };
  if (!acknowledge) return undefined;
  const noReach = acknowledge.noReach ?? undefined;
  const baselineOf = acknowledge.baselineOf?.map((id, index) => {
    const path = `acknowledge.baselineOf.${index}`;
    return localIdOf(identityIn(id, projectId, path), 'experiment', path);
  });
  return { ...(noReach === undefined ? {} : { noReach }), ...(baselineOf === undefined ? {} : { baselineOf }) };
}

@InputType({ description: 'What every command may say of itself.' })
export abstract class AnyCommandInput {
  // What it says of a command that changed nothing is A8.
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
export function perform<D extends object>(
  context: Context,
  input: InProject,
  command: Submission['command'],
  projection: ProjectionOf<D>,
  targetId?: string,
): Shown<D> {
  return performAnd(context, input, command, (id) => context.reader.get(projection, input.projectId, id), targetId);
}

/**
 * The same, where the answer is not one document. `read` is given the id of what the command was about, the place of the command, and how many
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
  const acknowledge = acknowledgeOf(input, projectId);
  const submission = {
    projectId,
    command: acknowledge === undefined ? command : { ...command, acknowledge },
    actor: caller.actor,
    commandId: named(commandId),
    reason: named(reason),
    correlationId: requestId,
    causationId,
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
    // That the read model is away is expected, and said by readiness; anything else is a fault, which is logged.
    if (!(error instanceof ReadModelUnavailable))
      reportError(error, 'a stored command is answered as Accepted: its result could not be read');
    return new Accepted(cursor, reference);
  }
}

/** Where the API and the domain name the same input differently: what the domain's path looks like, and what it is in the API. */
export type InputNames = readonly (readonly [domain: RegExp, api: string])[];

/** The answer of a command, with the problems of a refusal at the paths of the input that the client sent. */
export async function atInputPaths<A extends object>(answer: Promise<A | ShownRefusal>, names: InputNames): Promise<A | ShownRefusal> {
  const given = await answer;
  if (given instanceof Preview && given.wouldRefuse) given.wouldRefuse = inInput(given.wouldRefuse, names);
  return inInput(given, names);
}

function inInput<A extends object>(given: A | ShownRefusal, names: InputNames): A | ShownRefusal {
  if (!isInvalid(given)) return given;
  const problems = given.problems.map((problem) => ({ ...problem, path: inApi(problem.path, names) }));
  // It begins with the place of the first.
  return { ...given, message: given.message.replace(given.problems[0]?.path ?? '', problems[0]?.path ?? ''), problems };
}

const isInvalid = (answer: object): answer is Extract<ShownRefusal, { code: 'INVALID_INPUT' }> =>
  'code' in answer && answer.code === 'INVALID_INPUT';

/** A path of the domain, as the input has it. */
export const inApi = (path: string, names: InputNames): string => names.reduce((named, [domain, api]) => named.replace(domain, api), path);
