import { randomUUID } from 'node:crypto';
import { Arg, createUnionType, Ctx, Extensions, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { rightsToSubmit, type Right } from '../src/application/authorization';
import type { Submission } from '../src/application/execute';
import { cursorOf, type Cursor } from '../src/domain/cursor';
import type { JsonObject } from '../src/domain/json';
import { entityKey, type ProjectState } from '../src/domain/project-state';
import type { Steps } from '../src/domain/steps';
import { exportingSetup } from '../src/setup/export';
import { inSlices, inTurns } from '../src/concurrency/in-slices';
import { planning, type Plan as SetupPlan } from '../src/setup/plan';
import { writingContent } from '../src/setup/canonical-file';
import { differences } from '../src/audit/difference';
import { AcknowledgementsNeeded, shownNeeded } from './acknowledge';
import type { Context } from './context';
import { changesIn } from './field-change';
import { partsIn } from './text-part';
import { referenceTo } from './global-id';
import { AS_OF_COST, AsOfInput, lookingBack, placeOf } from './as-of';
import { RequestError } from './error';
import { listOf } from './list';
import { resultOf } from './command-result';
import { InvalidInput, NotFound, RefusalCode } from './outcome';
import { performAnd } from './perform';
import { refuseForeign } from './reach';
import { CursorScalar, JsonScalar } from './scalars';
import { ApplySetupInput, PlanSetupInput } from './setup-input';
import { PlanObstacle, PlanStep } from './setup-plan';
import { RightEnum } from './viewer';
import { shownRefusal, type ShownRefusal } from './shown-refusal';

@ObjectType({ simpleResolvers: true, description: 'What would bring a project to a set-up file. Nothing of it has been written.' })
export class Plan {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => CursorScalar, {
    description: 'The place of the history that it was made at. Give it to `applySetup` as `plannedAt` to apply this plan and no other.',
  })
  cursor: Cursor | string;

  @Field(() => [PlanStep], { complexity: listOf(100), description: 'The commands, in their order. None: the project is as the file says.' })
  steps: readonly (PlanStep | Promise<PlanStep>)[];

  @Field(() => [PlanObstacle], { complexity: listOf(50), description: 'What stops it: the first 50, by the order of the plan.' })
  obstacles: PlanObstacle[];

  @Field(() => AcknowledgementsNeeded, { description: 'What `applySetup` must acknowledge.' })
  acknowledgementsNeeded: AcknowledgementsNeeded;

  @Field(() => Int, { description: 'How many steps it has.' })
  changes: number;

  @Field(() => [RightEnum], {
    description: 'The rights that applying it takes, each once: of a set-up file, those to change all kinds that it lists.',
  })
  rights: readonly Right[];
}

export const PlanResult = createUnionType({
  name: 'PlanResult',
  description: 'Plan: what would be done. InvalidInput: the file is wrong. NotFound: there is no such project.',
  types: () => [Plan, InvalidInput, NotFound] as const,
  resolveType: (value: object) => (!('code' in value) ? 'Plan' : value.code === RefusalCode.NOT_FOUND ? 'NotFound' : 'InvalidInput'),
});

@ObjectType({ simpleResolvers: true, description: 'The project is as the set-up file says.' })
export class SetupApplied {
  @Field(() => ID, { description: 'The project.' })
  projectId: string;

  @Field(() => CursorScalar, { description: 'Where the command stands in the history.' })
  cursor: Cursor;

  @Field(() => Int, {
    description: 'How many events it wrote: none where nothing was to change, or where a repeated command had been carried out before.',
  })
  events: number;
}

const ApplySetupResult = resultOf('ApplySetup', SetupApplied);

/** What it costs to look at everything, however little of it is asked for. */
export const WHOLE_PROJECT = 500;

/** Planning looks at the whole project, and decides a command or two for each thing that the set-up lists. */
function costOfPlanning({ args, childComplexity }: { readonly args: object; readonly childComplexity: number }): number {
  const { setup } = ((args as { readonly input?: unknown }).input ?? {}) as { readonly setup?: unknown };
  const lists = setup !== null && typeof setup === 'object' ? Object.values(setup as object) : [];
  const listed = lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
  return WHOLE_PROJECT + listed + childComplexity;
}

@Resolver()
export class SetupResolver {
  @Query(() => JsonScalar, {
    nullable: true,
    complexity: (estimate) => WHOLE_PROJECT + AS_OF_COST(estimate)!,
    description:
      'The set-up of a project as a file says it: what is not archived, by names, in one order, so that the same set-up is the same JSON. Stopped experiments are results, and left out.',
  })
  async setup(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('atLeast', () => CursorScalar, {
      nullable: true,
      description: 'A place of the history that it must reflect. It always reflects all that is in the ledger.',
    })
    atLeast: Cursor | null,
    @Arg('asOf', () => AsOfInput, { nullable: true, description: 'The set-up as it was then. It takes the right to read history.' })
    asOf: AsOfInput | null,
    @Ctx() { loadProject, history }: Context,
  ): Promise<JsonObject | null> {
    if (asOf) {
      if (atLeast) throw new RequestError('BAD_REQUEST', 'Give `asOf` or `atLeast`, not both: what was, needs no waiting for.');
      const past = await lookingBack(projectId, () => history.stateAt(projectId, placeOf('asOf', projectId, asOf)));
      return past === undefined ? null : contentOf(past);
    }
    const state = await loadProject(projectId);
    refuseForeign('atLeast', atLeast, projectId, state.head);
    return state.project === undefined ? null : contentOf(state);
  }

  @Extensions({ onceInADocument: true })
  @Query(() => PlanResult, {
    complexity: costOfPlanning,
    description: 'What would bring the project to the set-up file: a dry run of `applySetup`. Nothing is written.',
  })
  async planSetup(
    @Arg('input', () => PlanSetupInput, { description: 'Where the project is to be brought.' }) { projectId, setup, prune }: PlanSetupInput,
    @Ctx() { loadProject, limits }: Context,
  ): Promise<Plan | ShownRefusal> {
    const state = await loadProject(projectId);
    const plan = await inSlices(planning(state, projectId, { setup, prune }, { limits, newId: randomUUID() }));
    if ('code' in plan) return shownRefusal(projectId, plan);
    return shownPlan(projectId, plan, state, { type: 'ApplySetup', setup, prune });
  }

  @Extensions({ onceInADocument: true })
  @Mutation(() => ApplySetupResult, {
    complexity: costOfPlanning,
    description:
      'Brings the project to the set-up file, all at once or not at all: every command of the plan in one append. Applied again, it writes nothing.',
  })
  async applySetup(
    @Arg('input', () => ApplySetupInput, { description: 'Where the project is to be brought.' }) input: ApplySetupInput,
    @Ctx() context: Context,
  ) {
    const { projectId, setup, prune, plannedAt } = input;
    if (plannedAt) refuseForeign('plannedAt', plannedAt, projectId, (await context.loadProject(projectId)).head);
    const command = { type: 'ApplySetup', setup, prune, ...(plannedAt ? { plannedAt: plannedAt.revision } : {}) } as const;
    return performAnd(context, input, command, async (_id, cursor, events) => ({ projectId, cursor, events }));
  }
}

/** The set-ups of states that were asked for: a state never changes. */
const contents = new WeakMap<ProjectState, Promise<JsonObject>>();

function contentOf(state: ProjectState): Promise<JsonObject> {
  let content = contents.get(state);
  if (content === undefined) contents.set(state, (content = inSlices(describing(state))));
  return content;
}

function* describing(state: ProjectState): Steps<JsonObject> {
  return yield* writingContent(yield* exportingSetup(state));
}

/** A plan that was made on this state, of what a command would do. */
export function shownPlan(projectId: string, plan: SetupPlan, state: ProjectState, command: Submission['command']): Plan {
  return {
    projectId,
    cursor: cursorOf({ projectId, ...state.head }),
    ...shown(projectId, plan, state),
    acknowledgementsNeeded: shownNeeded(projectId, plan.needed),
    changes: plan.steps.length,
    rights: [...new Set(rightsToSubmit(command))],
  };
}

function shown(
  projectId: string,
  { steps, obstacles }: SetupPlan,
  { versions }: ProjectState,
): { readonly steps: readonly (PlanStep | Promise<PlanStep>)[]; readonly obstacles: PlanObstacle[] } {
  return {
    // Each step has all of a thing in it, twice.
    steps: inTurns(
      steps.map(({ entity: { kind, id, name }, parts, ...step }) => ({
        ...step,
        sentenceParts: partsIn(projectId, parts),
        kind,
        name,
        ...(versions.has(entityKey(kind, id)) ? referenceTo(projectId, { kind, id, name }) : { entityId: null, nodeId: null }),
      })),
    ),
    obstacles: obstacles.map(({ command, entity: { kind, name }, refusal: { code, message }, conflict: { before, after, wayOut } }) => {
      return {
        command,
        kind,
        name,
        code: RefusalCode[code],
        message,
        changes: changesIn(projectId, differences(before, after), true),
        wayOut,
      };
    }),
  };
}
