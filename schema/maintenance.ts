import { Arg, Ctx, Field, Float, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { illegalState, notFound } from '../src/domain/refusal';
import { BuildUnderWay, type GenerationInfo, type Parked } from '../src/read-model/generations';
import type { Context, Maintenance } from './context';
import { describedEnum } from './enums';
import { RequestError } from './error';
import { IllegalState, NotFound, outcomeOf, Refusal, RefusalCode } from './outcome';
import { DateTimeScalar } from './scalars';
import { shownRefusal, type ShownRefusal } from './shown-refusal';

export const ParkedReasonEnum = describedEnum<Parked['reason']>('ParkedReason', 'Why the read model of a project is parked.', {
  FAILED: 'An event could not be projected. With a version that can, unpark the project.',
  UPGRADE_REQUIRED: 'An event is of a newer version of this server: upgrade it.',
  HISTORY_DIFFERS: 'The read model reflects another history than the event store holds: rebuild it.',
  HISTORY_BROKEN: 'The event store has lost an event, or holds a record that no ledger wrote: see docs/operations.md.',
});

const GenerationState = describedEnum<'BUILDING' | 'LIVE' | 'KEPT'>(
  'GenerationState',
  'What a generation of the read models is there for.',
  {
    BUILDING: 'It is being built beside the live one.',
    LIVE: 'Queries are answered from it.',
    KEPT: 'It was live before, and can be again.',
  },
);

type EnumName<Text extends string> = Text extends `${infer First}-${infer Second}`
  ? `${Uppercase<First>}_${Uppercase<Second>}`
  : Uppercase<Text>;
type State = NonNullable<ReturnType<Maintenance['status']>>['state'];
type ShownState = EnumName<State>;
const shownState = (state: State): ShownState => state.toUpperCase().replaceAll('-', '_') as ShownState;

const ProjectorState = describedEnum<ShownState>('ProjectorState', 'What a projector does.', {
  IDLE: 'It has not begun.',
  CATCHING_UP: 'It projects what was stored before, or follows the instance that does.',
  LIVE: 'It shows what is stored, and goes on with what comes.',
  RETRYING: 'A store failed: it tries again.',
  STOPPED: 'It has ended.',
});

@ObjectType({ simpleResolvers: true, description: 'A project whose read model is parked before an event that could not be projected.' })
export class ParkedProject {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => Int, { description: 'The revision of the event: all before it is shown, nothing from it on.' })
  revision: number;

  @Field(() => String, { description: 'The type of the event.' })
  type: string;

  @Field(() => ParkedReasonEnum, { description: 'Why it is parked.' })
  reason: Parked['reason'];

  @Field(() => String, { description: 'The same, in words.' })
  message: string;

  @Field(() => DateTimeScalar, { description: 'Since when.' })
  since: number;
}

@ObjectType({ simpleResolvers: true, description: 'All read models, as they were built at one time.' })
export class ReadModelGeneration {
  @Field(() => ID, { description: 'Its id.' })
  id: string;

  @Field(() => GenerationState, { description: 'What it is there for.' })
  state: keyof typeof GenerationState;

  @Field(() => DateTimeScalar, { description: 'When it was begun.' })
  madeAt: number;

  @Field(() => Boolean, { description: 'Whether it has once held all that the event store did.' })
  built: boolean;

  @Field(() => Float, { nullable: true, description: 'Events projected so far, when last reported; null if no one has counted.' })
  done: number | null;

  @Field(() => Float, { nullable: true, description: 'Events to project in all.' })
  total: number | null;
}

@ObjectType({ description: 'The read models, as the instance that answers sees them.' })
export class ReadModels {
  @Field(() => ID, { nullable: true, description: 'The generation that this instance answers queries from; null if there is none yet.' })
  serving: string | null;

  @Field(() => ProjectorState, { description: 'What its projector does.' })
  state: ShownState;

  @Field(() => Boolean, { description: 'Whether it projects; otherwise another instance does.' })
  leads: boolean;

  @Field(() => Float, { description: 'Events it has heard of that are not shown yet.' })
  behind: number;

  @Field(() => [ParkedProject], { description: 'Projects whose read model is parked.' })
  parked: readonly Parked[];

  @Field(() => [ReadModelGeneration], { description: 'The generations there are, oldest first.' })
  generations: ReadModelGeneration[];

  @Field(() => String, {
    nullable: true,
    description: 'Why the last rebuild that this instance began came to nothing; null if it did not.',
  })
  buildFailure: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Other read models are to be live, as soon as they have caught up: `readModels` tells how far they are.',
})
class ReadModelsUnderWay {
  @Field(() => ID, { description: 'The id of their generation.' })
  generation: string;
}

@ObjectType({ simpleResolvers: true, description: 'Read models that are not needed are deleted.' })
class DiscardedReadModels {
  @Field(() => [ID], { description: 'The ids of their generations; none: there was nothing to delete.' })
  generations: readonly string[];
}

@InputType({ description: 'A project that is to be tried again.' })
class UnparkProjectInput {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;
}

@ObjectType({ simpleResolvers: true, description: 'The read model of the project goes on.' })
class UnparkedProject {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => Boolean, { description: 'Whether it was parked.' })
  wasParked: boolean;
}

@ObjectType({
  implements: Refusal,
  simpleResolvers: true,
  description: 'The read model of the project was tried again, and is still parked.',
})
class StillParked extends Refusal {
  @Field(() => ParkedProject, { description: 'Before which event, and why.' })
  parked: Parked;
}

const RebuildReadModelsResult = outcomeOf('RebuildReadModels', ReadModelsUnderWay, IllegalState);
const RollBackReadModelsResult = outcomeOf('RollBackReadModels', ReadModelsUnderWay, IllegalState);
const DiscardReadModelsResult = outcomeOf('DiscardReadModels', DiscardedReadModels);
const UnparkProjectResult = outcomeOf('UnparkProject', UnparkedProject, NotFound, StillParked);

@Resolver()
export class MaintenanceResolver {
  @Query(() => ReadModels, { description: 'How the read models are. An instance admin’s.' })
  async readModels(@Ctx() { maintenance }: Context): Promise<ReadModels> {
    const { generations, failure } = await maintenance.describe();
    const status = maintenance.status();
    return {
      serving: status?.serving ? status.generation : null,
      state: shownState(status?.state ?? 'idle'),
      leads: status?.leads ?? false,
      behind: status?.behind ?? 0,
      parked: status?.parked ?? [],
      generations: generations.map(described),
      buildFailure: failure ?? null,
    };
  }

  @Mutation(() => RebuildReadModelsResult, {
    description:
      'Begins to build all read models anew, beside the live ones, on the instance that answers; `readModels` tells how far it is. An instance admin’s.',
  })
  async rebuildReadModels(@Ctx() { maintenance }: Context): Promise<ReadModelsUnderWay | ShownRefusal> {
    try {
      return { generation: await maintenance.rebuild() };
    } catch (error) {
      if (error instanceof BuildUnderWay) return illegalState(`${error.message}: wait for it.`);
      throw error;
    }
  }

  @Mutation(() => RollBackReadModelsResult, {
    description: 'Goes back to the generation that was live before; it takes over when it has caught up. An instance admin’s.',
  })
  async rollBackReadModels(@Ctx() { maintenance }: Context): Promise<ReadModelsUnderWay | ShownRefusal> {
    const generation = await maintenance.rollBack();
    if (generation !== undefined) return { generation };
    return illegalState('No earlier generation of the read models is kept: rebuild them instead.');
  }

  @Mutation(() => DiscardReadModelsResult, {
    description: 'Deletes the generation that was live before, and whatever else is not needed. An instance admin’s.',
  })
  async discardReadModels(@Ctx() { maintenance }: Context): Promise<DiscardedReadModels> {
    return { generations: await maintenance.discard() };
  }

  @Mutation(() => UnparkProjectResult, { description: 'Tries a parked project again. An instance admin’s.' })
  async unparkProject(
    @Arg('input', () => UnparkProjectInput, { description: 'Which project.' }) { projectId }: UnparkProjectInput,
    @Ctx() { maintenance, loadProject }: Context,
  ): Promise<UnparkedProject | StillParked | ShownRefusal> {
    const wasParked = maintenance.parked(projectId) !== undefined;
    if (!wasParked && (await loadProject(projectId)).project === undefined) return shownRefusal(projectId, notFound('project', projectId));
    if (await maintenance.unpark(projectId)) return { projectId, wasParked };
    const parked = maintenance.parked(projectId);
    if (parked === undefined)
      throw new RequestError(
        'READ_MODEL_UNAVAILABLE',
        'The instance that projects has not said what became of it: look at `readModels` in a moment.',
      );
    const message = `Project "${projectId}" is still parked before its event ${parked.revision} (${parked.type}): ${parked.message}`;
    return { code: RefusalCode.STILL_PARKED, message, parked };
  }
}

function described({ id, state, madeAt, built, progress }: GenerationInfo): ReadModelGeneration {
  return { id, state: state as keyof typeof GenerationState, madeAt, built, done: progress?.done ?? null, total: progress?.total ?? null };
}
