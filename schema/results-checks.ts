import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { Check, CheckName } from '../src/results/check';
import type { Conclusion } from '../src/results/conclusion';

const enumOf = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as { [of in Name]: of };

const ResultsCheckName = enumOf<CheckName>(
  'SAMPLE_RATIO',
  'USERS_IN_TWO_VARIANTS',
  'BASELINE_CHANGED',
  'CARRY_OVER',
  'SERVED_WITHOUT_STORE',
  'ASSIGNMENTS_LOST',
  'ERASED',
  'LATE',
  'TOO_FEW',
);
registerEnumType(ResultsCheckName, {
  name: 'ResultsCheckName',
  description: 'What is checked before a conclusion, in the order in which it is shown.',
  valuesConfig: {
    SAMPLE_RATIO: { description: 'Whether users are in the variants in the planned shares.' },
    USERS_IN_TWO_VARIANTS: { description: 'Whether a user was seen in two variants.' },
    BASELINE_CHANGED: { description: 'Whether what control gives changed while the test ran.' },
    CARRY_OVER: { description: 'Whether users of earlier tests of the keys are spread over the variants as planned.' },
    SERVED_WITHOUT_STORE: { description: 'Whether many were served while the user store was away.' },
    ASSIGNMENTS_LOST: { description: 'Whether assignments were lost.' },
    ERASED: { description: 'Whether many of its users were erased since.' },
    LATE: { description: 'Whether many user events came too late to count.' },
    TOO_FEW: { description: 'Whether it has run long enough, with users enough.' },
  },
});

const ResultsCheckStatus = enumOf<Check['status']>('PASSED', 'NOTICED', 'FAILED');
registerEnumType(ResultsCheckStatus, {
  name: 'ResultsCheckStatus',
  description: 'What came of a check.',
  valuesConfig: {
    PASSED: { description: 'Nothing is wrong.' },
    NOTICED: { description: 'Something is to be known, which withholds no conclusion.' },
    FAILED: { description: 'It withholds the conclusion. No number is hidden.' },
  },
});

const ConclusionKind = enumOf<Conclusion['kind']>('WITHHELD', 'HURTS', 'SHIP', 'INCONCLUSIVE', 'NOT_YET');
registerEnumType(ConclusionKind, {
  name: 'ConclusionKind',
  description: 'What is to be concluded on a variant.',
  valuesConfig: {
    WITHHELD: { description: 'A check failed.' },
    HURTS: { description: 'It makes a primary goal or a guardrail worse.' },
    SHIP: { description: 'It makes a primary goal better, and hurts no guardrail.' },
    INCONCLUSIVE: { description: 'All is over, and nothing was found.' },
    NOT_YET: { description: 'Nothing has been found so far.' },
  },
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
