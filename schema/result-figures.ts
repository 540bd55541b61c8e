import { Field, Float, Int, ObjectType } from 'type-graphql';
import {
  isMissing,
  type Estimate as DomainEstimate,
  type Figure as DomainFigure,
  type Missing,
  type Reason,
} from '../src/results/estimate';
import { describedEnum } from './enums';

/* Numbers with their intervals, or why there are none. */

const MissingReason = describedEnum<Reason>('MissingReason', 'Why there is no number.', {
  NO_USERS: 'A variant has no mature user yet.',
  ONE_USER: 'A variant has one mature user, whose spread cannot be estimated.',
  NO_VARIANCE: 'All users of both variants are alike.',
  BASELINE_NEAR_ZERO: 'Control may be zero, so that nothing can be said relative to it.',
  OUT_OF_RANGE: 'The sums are larger than a number holds.',
});

const FigureMethod = describedEnum<DomainFigure['method']>('FigureMethod', 'How the interval of one variant is made.', {
  WILSON: 'The score interval of a share, by Wilson.',
  STUDENT_T: 'The interval of a mean, by the t distribution of Student.',
});

const EstimateMethod = describedEnum<DomainEstimate['method']>('EstimateMethod', 'How the interval of a difference is made.', {
  CONFIDENCE_SEQUENCE: 'Valid at every look, however often.',
  NEWCOMBE: 'Of two shares, by Newcombe: valid at the one look that was planned.',
  WELCH: 'Of two means, by the t test of Welch: valid at the one look that was planned.',
});

@ObjectType({ simpleResolvers: true, description: 'What one goal came to in one variant, alone. It describes, and decides nothing.' })
export class ResultFigure {
  @Field(() => MissingReason, { nullable: true, description: 'Why there are no numbers; null: there are.' })
  missing: Reason | null;

  @Field(() => Int, { nullable: true, description: 'Mature users: those whose window has closed.' })
  users: number | null;

  @Field(() => Int, { nullable: true, description: 'Those of them whose value is not 0.' })
  converted: number | null;

  @Field(() => Float, { nullable: true, description: 'The mean of a user: of a CONVERSION, the share that converted.' })
  mean: number | null;

  @Field(() => Float, { nullable: true, description: 'The lower end of its interval.' })
  low: number | null;

  @Field(() => Float, { nullable: true, description: 'The upper end of its interval.' })
  high: number | null;

  @Field(() => Float, { nullable: true, description: 'The share of such intervals that have the true mean in them: 0.95.' })
  confidence: number | null;

  @Field(() => FigureMethod, { nullable: true, description: 'How the interval is made.' })
  method: DomainFigure['method'] | null;
}

@ObjectType({ simpleResolvers: true, description: 'How far a variant is above control, as a share of control: 0.1 is 10 % more.' })
export class Uplift {
  @Field(() => Float, { description: 'The estimate.' })
  uplift: number;

  @Field(() => Float, { description: 'The lower end of its interval.' })
  low: number;

  @Field(() => Float, { description: 'The upper end of its interval.' })
  high: number;
}

@ObjectType({ simpleResolvers: true, description: 'A variant beside control by one goal, with interval, method and numbers of users.' })
export class ResultEstimate {
  @Field(() => MissingReason, { nullable: true, description: 'Why there are no numbers; null: there are.' })
  missing: Reason | null;

  @Field(() => EstimateMethod, { nullable: true, description: 'How the interval is made.' })
  method: DomainEstimate['method'] | null;

  @Field(() => Float, { nullable: true, description: 'The share of such intervals that have the true difference in them.' })
  confidence: number | null;

  @Field(() => Int, { nullable: true, description: 'Mature users of control.' })
  controlUsers: number | null;

  @Field(() => Int, { nullable: true, description: 'Mature users of the variant.' })
  variantUsers: number | null;

  @Field(() => Float, { nullable: true, description: 'The mean of the variant minus the mean of control.' })
  difference: number | null;

  @Field(() => Float, { nullable: true, description: 'The lower end of its interval.' })
  low: number | null;

  @Field(() => Float, { nullable: true, description: 'The upper end of its interval.' })
  high: number | null;

  @Field(() => Float, { nullable: true, description: 'The p-value before any correction.' })
  p: number | null;

  @Field(() => Uplift, { nullable: true, description: 'Relative to control; null: nothing can be said relative to it.' })
  uplift: Uplift | null;
}

export function figureOf(figure: DomainFigure | Missing): ResultFigure {
  if (!isMissing(figure)) return { missing: null, ...figure };
  const none = null;
  return { missing: figure.missing, users: none, converted: none, mean: none, low: none, high: none, confidence: none, method: none };
}

export function estimateOf(estimate: DomainEstimate | Missing): ResultEstimate {
  if (isMissing(estimate)) {
    const none = null;
    const numbers = { confidence: none, controlUsers: none, variantUsers: none, difference: none, low: none, high: none, p: none };
    return { missing: estimate.missing, method: none, ...numbers, uplift: none };
  }
  return { missing: null, ...estimate, uplift: isMissing(estimate.uplift) ? null : estimate.uplift };
}
