import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { projects, type ProjectDocument } from '../projections/entities';
import { decideCommand, type Command } from '../src/domain/command';
import { isRefusal } from '../src/domain/concept';
import type { Cursor } from '../src/domain/cursor';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { DEFAULT_LIMITS } from '../src/domain/limits';
import { limitReached, type Refusal } from '../src/domain/refusal';
import { StreamDeleted } from '../src/event-store/event-store';
import { ReadModelUnavailable } from '../src/read-model/read-model';
import { AS_OF_COST, AsOfInput, contextAsOf } from './as-of';
import { within } from './carried-context';
import { resultOf } from './command-result';
import type { Context } from './context';
import { Entity } from './entity';
import { RequestError } from './error';
import type { GlobalId } from './global-id';
import { CommandInput, EditInput, described, named, perform, refused, atInputPaths, type InputNames } from './perform';
import { reach } from './reach';
import { CursorScalar, DateTimeScalar } from './scalars';
import { thingOf } from './thing';
import { counted } from '../src/domain/text';

@ObjectType({
  implements: Entity,
  simpleResolvers: true,
  description: 'The boundary inside which every rule holds: usually one app in one environment.',
})
export class Project extends Entity {
  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => String, { description: 'For people.' })
  description: string;
}

const CreateProjectResult = resultOf('CreateProject', Project);
const EditProjectResult = resultOf('EditProject', Project);

@InputType({ description: 'A new project.' })
export class CreateProjectInput extends CommandInput {
  @Field(() => String, { description: 'Its name: 1 to 120 characters.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
  description?: string | null;
}

@InputType({ description: 'What to change of a project; a field that is left out stays as it is.' })
export class EditProjectInput extends EditInput {
  @Field(() => String, { nullable: true, description: 'Its new name: 1 to 120 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Its new description: at most 2,000 characters.' })
  description?: string | null;
}

const NAMES: InputNames = [[/^id$/, 'projectId']];

@Resolver(() => Project)
export class ProjectResolver {
  @Query(() => Project, {
    nullable: true,
    description: 'One project by its id, now or as it was; null if there is none.',
    complexity: AS_OF_COST,
  })
  async project(
    @Arg('id', () => ID, { description: 'The id.' }) given: GlobalId,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Arg('asOf', () => AsOfInput, {
      nullable: true,
      description: 'The project, and everything below it, as it was then. It takes the right to read history.',
    })
    asOf: AsOfInput | null,
    @Ctx() context: Context,
  ): Promise<ProjectDocument | undefined> {
    const { id } = thingOf('project', { id: given });
    if (asOf) return projectAsOf(context, id, asOf, atLeast);
    await reach(context, id, atLeast);
    return context.reader.get(projects, id, id);
  }

  @FieldResolver(() => CursorScalar, { description: 'The place of the history that this answer shows: of the read model, or of `asOf`.' })
  async head(@Root() project: ProjectDocument, @Ctx() context: Context): Promise<Cursor | string> {
    const checkpoint = await context.reader.checkpoint(project.id);
    return checkpoint ? { projectId: project.id, revision: checkpoint.revision, mark: checkpoint.hash.slice(0, 16) } : project.cursor;
  }

  @FieldResolver(() => DateTimeScalar, { description: 'When the event happened that `head` is the place of.' })
  async headTime(@Root() project: ProjectDocument, @Ctx() context: Context): Promise<number | string> {
    return (await context.reader.checkpoint(project.id))?.occurredAt ?? project.updatedAt;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when the read model of this project is parked, although its history goes on; null: it is not parked.',
  })
  staleSince(@Root() project: ProjectDocument, @Ctx() context: Context): number | undefined {
    return context.progress.staleSince(project.id);
  }

  @Mutation(() => CreateProjectResult, { description: 'Creates a project. An instance admin’s.' })
  async createProject(
    @Arg('input', () => CreateProjectInput, { description: 'The new project.' }) input: CreateProjectInput,
    @Ctx() context: Context,
  ) {
    const { projectId, name, description } = input;
    const command = { type: 'CreateProject', id: projectId, name, description: described(description) } as const;
    const answer = async () => {
      const refusal = await refusalIfNoRoom(context, command);
      if (refusal !== undefined) return refused(input, refusal);
      return perform(context, input, command, projects, projectId);
    };
    return atInputPaths(answer(), NAMES).catch((error: unknown) => {
      if (!(error instanceof StreamDeleted)) throw error;
      const message = `The id "${projectId}" was used before, and its stream was deleted in the event store: a new history cannot begin there. Nothing was written. Choose another id.`;
      throw new RequestError('STREAM_DELETED', message, error);
    });
  }

  @Mutation(() => EditProjectResult, { description: 'Changes a project’s name or description.' })
  editProject(@Arg('input', () => EditProjectInput, { description: 'What to change.' }) input: EditProjectInput, @Ctx() context: Context) {
    const { projectId, name, description, expectedVersion } = input;
    const command = {
      type: 'EditProject',
      id: projectId,
      name: named(name),
      description: described(description),
      expectedVersion: named(expectedVersion),
    } as const;
    return perform(context, input, command, projects, projectId);
  }
}

async function projectAsOf(context: Context, id: string, asOf: AsOfInput, atLeast: Cursor | null): Promise<ProjectDocument | undefined> {
  if (atLeast) throw new RequestError('BAD_REQUEST', 'Give `asOf` or `atLeast`, not both: what was, needs no waiting for.');
  const then = await contextAsOf(context, id, asOf);
  const project = await then?.reader.get(projects, id, id);
  return then && project && within(then, project);
}

/**
 * A refusal if the instance has no room for one more project. An id that is there goes on to the project's own stream, which knows the better answer:
 * it exists already, or this is the repetition of the command that created it. And what is wrong with the input is said before any limit (A6).
 *
 * Soft: the count is the read model's, and no stream spans projects, so projects created at the same moment can pass it together. It is there to
 * keep an instance from being filled by accident, not to keep any rule. So no one counts while the read model is away.
 */
async function refusalIfNoRoom(
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
    `This instance holds at most ${counted(projectLimit, 'project')}, and has as many. Its operator can raise PROJECT_LIMIT.`,
    projectLimit,
  );
}
