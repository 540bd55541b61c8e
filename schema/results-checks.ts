import { Field, ObjectType } from 'type-graphql';
import type { Check, CheckName } from '../src/results/checks';
import type { Conclusion } from '../src/results/conclusion';
import { describedEnum } from './enums';

const ResultsCheckName = describedEnum<CheckName>(
  'ResultsCheckName',
  'What is checked before a conclusion, in the order in which it is shown.',
  {
    SAMPLE_RATIO: 'Whether users are in the variants in the planned shares.',
    USERS_IN_TWO_VARIANTS: 'Whether a user was seen in two variants.',
    BASELINE_CHANGED: 'Whether what control gives changed while the test ran.',
    CARRY_OVER: 'Whether users of earlier tests of the keys are spread over the variants as planned.',
    SERVED_WITHOUT_STORE: 'Whether many were served while the user store was away.',
    ASSIGNMENTS_LOST: 'Whether assignments were lost.',
    ERASED: 'Whether many of its users were erased since.',
    LATE: 'Whether many user events came too late to count.',
    TOO_FEW: 'Whether it has run long enough, with users enough.',
  },
);

const ResultsCheckStatus = describedEnum<Check['status']>('ResultsCheckStatus', 'What came of a check.', {
  PASSED: 'Nothing is wrong.',
  NOTICED: 'Something is to be known, which withholds no conclusion.',
  FAILED: 'It withholds the conclusion. No number is hidden.',
});

const ConclusionKind = describedEnum<Conclusion['kind']>('ConclusionKind', 'What is to be concluded on a variant.', {
  WITHHELD: 'A check failed.',
  HURTS: 'It makes a primary goal or a guardrail worse.',
  SHIP: 'It makes a primary goal better, and hurts no guardrail.',
  INCONCLUSIVE: 'All is over, and nothing was found.',
  NOT_YET: 'Nothing has been found so far.',
});

@ObjectType({ simpleResolvers: true, description: 'A check that comes before a conclusion.' })
export class ResultsCheck {
  @Field(() => ResultsCheckName, { description: 'What is checked.' })
  name: CheckName;

  @Field(() => ResultsCheckStatus, { description: 'What came of it.' })
  status: Check['status'];

  @Field(() => String, { description: 'The same in words, with its numbers.' })
  text: string;

  @Field(() => [String], { nullable: true, description: 'The variants whose conclusion it withholds; null: all.' })
  variants: readonly string[] | null;
}

@ObjectType({ simpleResolvers: true, description: 'What is to be concluded on one variant.' })
export class ResultsConclusion {
  @Field(() => String, { description: 'The variant.' })
  variant: string;

  @Field(() => ConclusionKind, { description: 'What is to be done.' })
  kind: Conclusion['kind'];

  @Field(() => String, { description: 'One sentence, with its numbers, or with why there is none.' })
  text: string;

  @Field(() => [String], { description: 'Each reason alone.' })
  reasons: readonly string[];
}
