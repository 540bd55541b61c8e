import { randomUUID } from 'node:crypto';
import { Arg, Ctx, Extensions, Field, ID, InputType, Mutation, Query, Resolver } from 'type-graphql';
import { inSlices } from '../src/concurrency/in-slices';
import type { Cursor } from '../src/domain/cursor';
import { notFound } from '../src/domain/refusal';
import { describingPast, type PastSetup } from '../src/setup/export';
import { planningRestore } from '../src/setup/restore';
import { AsOfInput, LOOK, lookingBack, placeOf } from './as-of';
import type { Context } from './context';
import { resultOf } from './command-result';
import { CommandInput, performAnd, refused, ACKNOWLEDGE, AcknowledgeInput } from './perform';
import { refuseForeign } from './reach';
import { CursorScalar } from './scalars';
import { type Plan, PlanResult, SetupApplied, shownPlan, WHOLE_PROJECT } from './setup';
import { shownRefusal, type ShownRefusal } from './shown-refusal';

const AS_OF = 'The point to go back to.';
const STOP =
  'End experiments that run now and did not then, and leave those ended that ran then, since an experiment runs once. Without it they are obstacles.';

@InputType({ description: 'What a project is to go back to.' })
export class PlanRestoreInput {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => AsOfInput, { description: AS_OF })
  asOf: AsOfInput;

  @Field(() => Boolean, { defaultValue: false, description: STOP })
  stop: boolean;
}

@InputType({ description: 'What a project is to go back to, all at once.' })
export class RestoreSetupInput extends CommandInput {
  @Field(() => AcknowledgeInput, { nullable: true, description: ACKNOWLEDGE })
  acknowledge?: AcknowledgeInput | null;

  @Field(() => AsOfInput, { description: AS_OF })
  asOf: AsOfInput;

  @Field(() => Boolean, { defaultValue: false, description: STOP })
  stop: boolean;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'The cursor of the plan that was seen. If anything that it touches has moved since, the command is refused as Stale.',
  })
  plannedAt?: Cursor | null;
}

const RestoreSetupResult = resultOf('RestoreSetup', SetupApplied);

const COST = ({ childComplexity }: { readonly childComplexity: number }): number => LOOK + WHOLE_PROJECT + childComplexity;

@Resolver()
export class RestoreSetupResolver {
  @Extensions({ onceInADocument: true })
  @Query(() => PlanResult, {
    complexity: COST,
    description: 'What would bring the project back to what it was: a dry run of `restoreSetup`. Nothing is written.',
  })
  async planRestore(
    @Arg('input', () => PlanRestoreInput, { description: 'What the project is to go back to.' })
    { projectId, asOf, stop }: PlanRestoreInput,
    @Ctx() context: Context,
  ): Promise<Plan | ShownRefusal> {
    const past = await pastOf(context, projectId, asOf);
    if (past === undefined) return shownRefusal(projectId, notFound('project', projectId));
    const state = await context.loadProject(projectId);
    const plan = await inSlices(planningRestore(state, projectId, { past, stop }, { limits: context.limits, newId: randomUUID() }));
    return 'code' in plan ? shownRefusal(projectId, plan) : shownPlan(projectId, plan, state, { type: 'RestoreSetup', past, stop });
  }

  @Extensions({ onceInADocument: true })
  @Mutation(() => RestoreSetupResult, {
    complexity: COST,
    description:
      'Brings the whole set-up of the project back to what it was, all at once or not at all: its things by their ids, so that what was archived is restored, and what is new is archived. What was a draft and is none any more is made anew. It takes the right to read history.',
  })
  async restoreSetup(
    @Arg('input', () => RestoreSetupInput, { description: 'What the project is to go back to.' }) input: RestoreSetupInput,
    @Ctx() context: Context,
  ) {
    const { projectId, asOf, stop, plannedAt } = input;
    const past = await pastOf(context, projectId, asOf);
    if (past === undefined) return refused(input, notFound('project', projectId));
    if (plannedAt) refuseForeign('plannedAt', plannedAt, projectId, (await context.loadProject(projectId)).head);
    const command = { type: 'RestoreSetup', past, stop, ...(plannedAt ? { plannedAt: plannedAt.revision } : {}) } as const;
    return performAnd(context, input, command, async (_id, cursor, events) => ({ projectId, cursor, events }));
  }
}

async function pastOf({ history }: Context, projectId: string, asOf: AsOfInput): Promise<PastSetup | undefined> {
  const state = await lookingBack(projectId, () => history.stateAt(projectId, placeOf('asOf', projectId, asOf)));
  return state && inSlices(describingPast(state));
}
