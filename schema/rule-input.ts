import { Field, InputType } from 'type-graphql';
import type { Rule } from '../src/domain/rule';
import { DidInput, DidNotInput, PropertyConditionInput } from './condition-input';

/**
 * The tree that a segment's rule is (S2), member by member as it is stored: what `rule` gives out can be given back in.
 * Each node has exactly one member, which GraphQL itself checks (@oneOf); everything else is the domain's to check.
 */
@InputType({
  description:
    'Which users: a tree of `all`, `any` and `not` over conditions, nested at most 8 levels deep and with at most 200 conditions. Exactly one member is given.',
})
export class RuleInput {
  @Field(() => [RuleInput], { nullable: true, description: 'Users whom every one of these takes.' })
  all?: RuleInput[];

  @Field(() => [RuleInput], { nullable: true, description: 'Users whom at least one of these takes.' })
  any?: RuleInput[];

  @Field(() => RuleInput, { nullable: true, description: 'Users whom this does not take.' })
  not?: RuleInput;

  @Field(() => PropertyConditionInput, { nullable: true, description: 'Users with such a property.' })
  property?: PropertyConditionInput;

  @Field(() => DidInput, { nullable: true, description: 'Users who did an event.' })
  did?: DidInput;

  @Field(() => DidNotInput, { nullable: true, description: 'Users who did not do an event.' })
  didNot?: DidNotInput;
}

/** The rule that the input says, not checked yet and still made of input classes: the domain checks it and stores plain JSON. */
export function ruleOf(input: RuleInput): Rule {
  return input as Rule;
}
