import { Arg, Ctx, Field, ID, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import type { Experiment } from '../src/domain/experiment-state';
import { checkBasisPoints } from '../src/domain/choice';
import { reachOf, type ReachBasis } from '../src/domain/reach';
import type { Context } from './context';
import { Usage } from './entity';
import { RequestError } from './error';
import type { GlobalId } from './global-id';
import { PercentScalar } from './scalars';
import { shownUsage, type ShownUsage } from './shown-refusal';
import { thingOf } from './thing';

const ReachBasisEnum: { readonly [Basis in ReachBasis]: Basis } = { SETUP: 'SETUP' };
registerEnumType(ReachBasisEnum, {
  name: 'ReachBasis',
  description: 'What a reach rests on.',
  valuesConfig: { SETUP: { description: 'On the set-up alone, whatever users there are: never less than what can be taken.' } },
});

@ObjectType({ simpleResolvers: true, description: 'How many of its audience an experiment can take.' })
export class Reach {
  @Field(() => ReachBasisEnum, { description: 'What it rests on.' })
  basis: ReachBasis;

  @Field(() => PercentScalar, {
    description: 'At most so much of its audience, in percent. 0: it can take no new user, and its start is refused as NoReach.',
  })
  atMost: number;

  @Field(() => [Usage], { description: 'The running experiments that keep users from it, in the order of their starts.' })
  inTheWay: readonly ShownUsage[];
}

@Resolver()
export class ReachResolver {
  @Query(() => Reach, {
    nullable: true,
    complexity: 20,
    description:
      'How much of its audience an experiment can take, as its start would find it now; null if there is no such experiment. One that has ended takes no user.',
  })
  async reach(
    @Arg('id', () => ID, { description: 'The experiment.' }) given: GlobalId,
    @Arg('projectId', () => ID, {
      nullable: true,
      description: 'The project, which the id names as well: an id of another one is refused.',
    })
    beside: string | null,
    @Arg('traffic', () => PercentScalar, { nullable: true, description: 'With this traffic, in percent; left out, with its own.' })
    traffic: number | null,
    @Ctx() { loadProject }: Context,
  ): Promise<Reach | null> {
    const [problem] = traffic === null || traffic === undefined ? [] : checkBasisPoints(traffic, 'traffic');
    if (problem) throw new RequestError('BAD_REQUEST', `\`traffic\` ${problem.message}.`);
    const { projectId, id } = thingOf('experiment', { id: given, projectId: beside });
    const state = await loadProject(projectId);
    const experiment = state.experiments.get(id);
    if (experiment === undefined) return null;
    const { basis, atMost, blockedBy } = reachOf(state, experiment, traffic ?? experiment.traffic);
    return { basis, atMost, inTheWay: blockedBy.map((other) => usageOf(projectId, state.experiments.get(other)!)) };
  }
}

const usageOf = (projectId: string, { id, name, status }: Experiment): ShownUsage =>
  shownUsage(projectId, { kind: 'experiment', id, name, status });
