import { Arg, Ctx, Field, FieldResolver, Float, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { ExperimentDocument } from '../projections/entities';
import { checkRule, normalizeRule } from '../src/domain/rule-check';
import type { StandingState } from '../src/evaluation/standing';
import type { RuleEstimate, UserReach, Share } from '../src/serving/estimates';
import { NoSuchProject } from '../src/serving/kept-project';
import type { Context } from './context';
import { RequestError } from './error';
import { ExperimentInTheWay, StandingEnum } from './evaluation-types';
import { Experiment } from './experiment';
import type { GlobalId } from './global-id';
import { listOf } from './list';
import { RuleInput, ruleOf } from './rule-input';
import { DateTimeScalar } from './scalars';
import { thingOf } from './thing';

@ObjectType({ description: 'A share of users, found from a sample of them.' })
class UserShare {
  @Field(() => Float, { description: 'In percent.' })
  share: number;

  @Field(() => Float, { description: 'In percent: the share of all users is not below this, in 95 of 100 samples.' })
  low: number;

  @Field(() => Float, { description: 'In percent: the share of all users is not above this, in 95 of 100 samples.' })
  high: number;
}

@ObjectType('RuleEstimate', { description: 'How many users a rule has.' })
class RuleEstimateType {
  @Field(() => Int, { description: 'How many users of the project are stored.' })
  users: number;

  @Field(() => Int, { description: 'How many of them were looked at, at random.' })
  sampled: number;

  @Field(() => UserShare, { nullable: true, description: 'The users that the rule has; null: it cannot be estimated, see `basis`.' })
  matching: UserShare | null;

  @Field(() => String, { description: 'What it rests on, in words.' })
  basis: string;
}

@ObjectType({ description: 'Users who stand alike to an experiment.' })
class StandingShare {
  @Field(() => StandingEnum, { description: 'How they stand to it.' })
  standing: StandingState;

  @Field(() => ExperimentInTheWay, { nullable: true, description: 'The experiment that keeps them out, where it is a conflict.' })
  inTheWay: ExperimentInTheWay | null;

  @Field(() => UserShare, { description: 'How many they are, of users seen lately.' })
  users: UserShare;
}

const EXPECTED_DAYS =
  'In how many days it would have its planned users, all their windows closed, if it takes users as fast as they were seen in the last 30 days. null: it takes none of those who were.';

@ObjectType({ description: 'How many users an experiment has, or would take.' })
class ReachOfUsers {
  @Field(() => Int, { description: 'How many users of the project are stored.' })
  users: number;

  @Field(() => Int, { description: 'How many of them were seen lately, as far as the sample says.' })
  seenUsers: number;

  @Field(() => Int, { description: 'How many days back `lately` goes.' })
  seenDays: number;

  @Field(() => Int, { description: 'How many users were looked at: those of a random sample who were seen lately.' })
  sampled: number;

  @Field(() => UserShare, {
    nullable: true,
    description: 'Users who are in it, its holdout group included, or whom it would take when they are evaluated; null: none was seen.',
  })
  reached: UserShare | null;

  @Field(() => [StandingShare], { description: 'All users by how they stand to it, the largest part first.', complexity: listOf(3) })
  standings: readonly StandingShare[];

  @Field(() => Float, { description: 'How many users it is planned for, of all variants.' })
  plannedUsers: number;

  @Field(() => Float, { nullable: true, description: EXPECTED_DAYS })
  expectedDays: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When one of the sampled users was last assigned to it.' })
  lastAssignedAt: Date | null;

  @Field(() => String, { description: 'What it rests on, in words.' })
  basis: string;
}

@Resolver()
export class EstimateResolver {
  @Query(() => RuleEstimateType, {
    nullable: true,
    description: 'How many of the stored users a rule has, from a sample of them.',
    complexity: 100,
  })
  async estimate(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('rule', () => RuleInput, { description: 'The rule, as that of a segment.' }) rule: RuleInput,
    @Ctx() { loadProject, estimates }: Context,
  ): Promise<RuleEstimateType | undefined> {
    const [problem] = checkRule(ruleOf(rule), 'rule');
    if (problem !== undefined) throw new RequestError('BAD_REQUEST', `\`${problem.path}\` ${problem.message}.`);
    if ((await loadProject(projectId)).head.revision < 0) return undefined;
    const estimate = await estimates.ofRule(projectId, normalizeRule(ruleOf(rule)));
    const { users, sampled, matching } = estimate;
    return { users, sampled, matching: inPercent(matching), basis: basisOfRule(estimate) };
  }

  @Query(() => ReachOfUsers, {
    nullable: true,
    description:
      'How many users, of those seen in the last 30 days, a running experiment has or would take, or a draft if it started now, from a sample of them. null: there is no such experiment, or it has ended.',
    complexity: 200,
  })
  async reachOfUsers(
    @Arg('id', () => ID, { description: 'The experiment.' }) given: GlobalId,
    @Arg('projectId', () => ID, {
      nullable: true,
      description: 'The project, which the id names as well: an id of another one is refused.',
    })
    beside: string | null,
    @Ctx() { estimates }: Context,
  ): Promise<ReachOfUsers | undefined> {
    const { projectId, id } = thingOf('experiment', { id: given, projectId: beside });
    try {
      const reach = await estimates.ofExperiment(projectId, id);
      return reach && reachOf(reach);
    } catch (error) {
      if (error instanceof NoSuchProject) return undefined;
      throw error;
    }
  }
}

@Resolver(() => Experiment)
export class ExpectedDaysField {
  @FieldResolver(() => Float, { nullable: true, description: `${EXPECTED_DAYS} null too: it has ended.`, complexity: 200 })
  async expectedDays(@Root() { projectId, id }: ExperimentDocument, @Ctx() { estimates }: Context): Promise<number | null> {
    return (await estimates.ofExperiment(projectId, id))?.expectedDays ?? null;
  }
}

function reachOf(reach: UserReach): ReachOfUsers {
  const { users, seenUsers, seenDays, sampled, reached, standings, plannedUsers, expectedDays, lastAssignedAt } = reach;
  return {
    users,
    seenUsers,
    seenDays,
    sampled,
    reached: inPercent(reached),
    standings: standings.map(({ state, inTheWay, share }) => ({
      standing: state,
      inTheWay: inTheWay === undefined ? null : { entityId: inTheWay.id, name: inTheWay.name },
      users: inPercent(share)!,
    })),
    plannedUsers,
    expectedDays: expectedDays ?? null,
    lastAssignedAt: lastAssignedAt === undefined ? null : new Date(lastAssignedAt),
    basis: basisOfReach(reach),
  };
}

/** In hundredths of a percent, as percentages are everywhere. */
function inPercent(share: Share | undefined): UserShare | null {
  const percent = (part: number): number => Math.round(part * 10_000) / 100;
  return share === undefined ? null : { share: percent(share.share), low: percent(share.low), high: percent(share.high) };
}

const STORED = 'Only stored properties count, not those that requests bring along.';

function basisOfRule({ users, sampled, uncounted }: RuleEstimate): string {
  if (uncounted.length > 0) {
    const [first] = uncounted;
    return `Nothing can be said: how often users did "${first!.event}" as the rule asks is not counted, or not counted whole yet. It is once a live flag, config or experiment uses the rule.`;
  }
  return users === 0 ? 'No user of the project is stored yet.' : `${looked(sampled, users)}. ${STORED}`;
}

function basisOfReach({ users, sampled, seenDays, lastAssignedAt }: UserReach): string {
  if (users === 0) return 'No user of the project is stored yet.';
  const last = lastAssignedAt === undefined ? ' It has none of them.' : '';
  return `${looked(sampled, users)}, those who were seen in the last ${seenDays} days.${last} ${STORED}`;
}

function looked(sampled: number, users: number): string {
  const count = (number: number): string => number.toLocaleString('en');
  return sampled >= users
    ? `All ${count(users)} stored users were looked at`
    : `${count(sampled)} of ${count(users)} stored users were looked at`;
}
