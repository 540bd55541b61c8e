import { Arg, Field, Float, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { sampleSize } from '../src/results/sample-size';
import { RequestError } from './error';
import { AnalysisMethodEnum } from './experiment-analysis';
import { MeasureEnum } from './goal';
import { PercentScalar } from './scalars';

@InputType({ description: 'What a test is to find, in control and one variant.' })
class SampleSizeInput {
  @Field(() => AnalysisMethodEnum, { description: 'How its results are read.', defaultValue: 'SEQUENTIAL' })
  method: 'SEQUENTIAL' | 'FIXED';

  @Field(() => MeasureEnum, { description: 'What the goal measures.', defaultValue: 'CONVERSION' })
  measure: 'CONVERSION' | 'COUNT' | 'SUM';

  @Field(() => Float, { description: 'The mean of control: of a CONVERSION, the share that converts.' })
  baseline: number;

  @Field(() => Float, { description: 'The smallest effect that is to be found, as a share of control: 0.1 is 10 % more, -0.1 10 % less.' })
  relativeEffect: number;

  @Field(() => Float, { nullable: true, description: 'Of one user, for COUNT and SUM.' })
  standardDeviation?: number | null;

  @Field(() => Float, { description: 'The probability of a false alarm that is accepted.', defaultValue: 0.05 })
  alpha: number;

  @Field(() => Float, { description: 'How likely such an effect is to be found.', defaultValue: 0.8 })
  power: number;

  @Field(() => Int, { description: 'How many statements share alpha: primary goals times variants but control.', defaultValue: 1 })
  hypotheses: number;

  @Field(() => PercentScalar, { description: 'The share of control of the test’s users.', defaultValue: 5_000 })
  controlWeight: number;

  @Field(() => PercentScalar, { description: 'The share of the variant.', defaultValue: 5_000 })
  variantWeight: number;
}

@ObjectType({ simpleResolvers: true, description: 'How many users a test needs. All of them are mature: their windows have closed.' })
class SampleSize {
  @Field(() => Float, { description: 'Of all variants.' })
  users: number;

  @Field(() => Float, { description: 'Of control.' })
  controlUsers: number;

  @Field(() => Float, { description: 'Of the variant.' })
  variantUsers: number;
}

@Resolver()
export class SampleSizeResolver {
  @Query(() => SampleSize, { description: 'How many users a test needs to find an effect.' })
  sampleSize(@Arg('input', () => SampleSizeInput, { description: 'What it is to find.' }) input: SampleSizeInput): SampleSize {
    const { standardDeviation, ...rest } = input;
    try {
      return sampleSize({ ...rest, ...(typeof standardDeviation === 'number' && { standardDeviation }) });
    } catch (error) {
      if (error instanceof RangeError) throw new RequestError('BAD_REQUEST', error.message, error);
      throw error;
    }
  }
}
