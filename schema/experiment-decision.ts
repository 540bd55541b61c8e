import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { experiments, type ExperimentDocument } from '../projections/entities';
import { may } from '../src/application/authorization';
import { encodeCursor, type Cursor } from '../src/domain/cursor';
import type { DecisionBasis, DecisionKind, ExperimentDecision as Decision, RecordDecision } from '../src/domain/experiment-decision';
import type { Report } from '../src/reporting/experiment-results';
import { LOOK } from './as-of';
import type { Context } from './context';
import { RequestError } from './error';
import { Actor } from './actor';
import { Experiment } from './experiment';
import type { GlobalId } from './global-id';
import { forbidden } from './guard';
import { listOf } from './list';
import { resultOf } from './command-result';
import { named, perform, ThingInput } from './perform';
import { readReport } from './report';
import { CursorScalar, DateTimeScalar } from './scalars';
import { thingOf, type Thing } from './thing';

const DecisionKindEnum: { readonly [Kind in DecisionKind]: Kind } = {
  SHIP: 'SHIP',
  KEEP_CONTROL: 'KEEP_CONTROL',
  INCONCLUSIVE: 'INCONCLUSIVE',
};
registerEnumType(DecisionKindEnum, {
  name: 'DecisionKind',
  description: 'What people decided on what a test has shown.',
  valuesConfig: {
    SHIP: { description: 'What was tested is to be given to all.' },
    KEEP_CONTROL: { description: 'What was tested is not to be given to all.' },
    INCONCLUSIVE: { description: 'The test does not say.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A decision on what a test has shown, with all that its numbers are made of again.' })
export class ExperimentDecision {
  @Field(() => Int, { description: 'The revision of the project at which it was recorded: give it to `experimentResults` as `decision`.' })
  revision: number;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at: number;

  @Field(() => DecisionKindEnum, { description: 'What was decided.' })
  decision: DecisionKind;

  @Field(() => String, { description: 'Why.' })
  reason: string;

  @Field(() => CursorScalar, { description: 'The place of the history that the results reached to.' })
  cursor: Cursor;

  @Field(() => DateTimeScalar, { description: 'The time up to which observations had been received.' })
  receivedUpTo: number;

  @Field(() => String, { description: 'The digest of the results that it was made on.' })
  digest: string;

  readonly projectId: string;
}

@Resolver(() => ExperimentDecision)
class DecisionResolver {
  @FieldResolver(() => Actor, { nullable: true, description: 'Who recorded it.', complexity: 20 })
  async actor(@Root() { projectId, revision }: ExperimentDecision, @Ctx() { history, caller }: Context): Promise<object | undefined> {
    if (!may(caller, 'read history', projectId)) throw forbidden('read history', projectId);
    return (await history.event(projectId, revision))?.actor;
  }
}

/** As the API shows it. */
export function decisionOf(projectId: string, { basis, ...decision }: Decision): ExperimentDecision {
  const { receivedUpTo, digest } = basis;
  return { ...decision, projectId, cursor: cursorOfBasis(projectId, basis), receivedUpTo, digest };
}

const cursorOfBasis = (projectId: string, { revision, mark }: DecisionBasis): Cursor => ({ projectId, revision, mark });

/** The decision on the experiment that was recorded at the revision. */
export async function findDecision({ reader }: Context, { projectId, id }: Thing, revision: number): Promise<ExperimentDecision> {
  const document = await reader.get(experiments, projectId, id);
  const found = document?.decisions.find((decision) => decision.revision === revision);
  if (found !== undefined) return decisionOf(projectId, found);
  const recorded = document?.decisions.map((decision) => decision.revision) ?? [];
  const which = recorded.length === 0 ? 'None has been' : `They were at ${recorded.join(', ')}`;
  throw new RequestError('BAD_REQUEST', `\`decision\` must be the revision at which one was recorded on the experiment. ${which}.`);
}

@Resolver(() => Experiment)
class ExperimentDecisionsField {
  @FieldResolver(() => [ExperimentDecision], {
    description: 'What people decided on its results, the earliest first: at most 100.',
    complexity: listOf(3),
  })
  decisions(@Root() { projectId, decisions }: ExperimentDocument): readonly ExperimentDecision[] {
    return decisions.map((decision) => decisionOf(projectId, decision));
  }
}

@InputType({ description: 'What was decided on what a test has shown.' })
class RecordDecisionInput extends ThingInput {
  @Field(() => ID, { description: 'The experiment, which has started.' })
  id: GlobalId;

  @Field(() => DecisionKindEnum, { description: 'What was decided.' })
  decision: DecisionKind;

  @Field(() => String, { description: 'Why: 1 to 500 characters.' })
  override reason: string;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'The `cursor` of the results that it is made on; left out: those of the moment.',
  })
  upTo?: Cursor | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Their `receivedUpTo`; left out: the last minute that is settled.' })
  receivedUpTo?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The `digest` that you saw: if the results are not those any more, the decision is refused. Left out: it is not compared.',
  })
  digest?: string | null;
}

const RecordDecisionResult = resultOf('RecordDecision', Experiment);

const basisOf = ({ cursor: { revision, mark }, receivedUpToMs: receivedUpTo, digest }: Report): DecisionBasis => ({
  revision,
  mark,
  receivedUpTo,
  digest,
});

@Resolver(() => Experiment)
class DecisionMutations {
  @Mutation(() => RecordDecisionResult, {
    description:
      'Records what was decided on what a test has shown, with the results that it was decided on. It changes nothing of the test.',
    complexity: ({ childComplexity }) => childComplexity + LOOK,
  })
  async recordDecision(
    @Arg('input', () => RecordDecisionInput, { description: 'What was decided, and on which results.' }) input: RecordDecisionInput,
    @Ctx() context: Context,
  ) {
    const thing = thingOf('experiment', input);
    const { decision, reason, upTo, receivedUpTo, digest, expectedVersion } = input;
    if (!may(context.caller, 'write experiences', thing.projectId)) throw forbidden('write experiences', thing.projectId);
    const report = await readReport(context, { ...thing, upTo: named(upTo), receivedUpTo: named(receivedUpTo) });
    const command: RecordDecision = {
      type: 'RecordDecision',
      id: thing.id,
      ...(typeof expectedVersion === 'number' && { expectedVersion }),
      decision,
      reason,
      ...(upTo && { upTo: encodeCursor(upTo) }),
      ...(receivedUpTo && { receivedUpTo: receivedUpTo.getTime() }),
      ...(digest && { digest }),
      ...(typeof report !== 'string' && { found: basisOf(report) }),
    };
    return perform(context, { ...input, projectId: thing.projectId }, command, experiments, thing.id);
  }
}

export const decisionResolvers = [DecisionResolver, ExperimentDecisionsField, DecisionMutations] as const;
