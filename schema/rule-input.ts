import { Field, InputType, Int, registerEnumType } from 'type-graphql';
import type { Json } from '../src/domain/json';
import { OPERATORS, RULE_LIMITS, type Operator, type Rule } from '../src/domain/rule';
import { JsonScalar } from './scalars';

const INSTANT = 'a date (2026-02-01, which is its first instant in UTC) or an instant (2026-02-01T09:30:00Z)';
const grouped = (count: number): string => count.toLocaleString('en');

const OPERATOR_WORDS: { readonly [operator in Operator]: { readonly description: string } } = {
  EQUALS: { description: 'Equal to `value`: a text (its case counts), a number, true or false.' },
  NOT_EQUALS: { description: 'There, and not equal to `value`.' },
  IN: { description: `Equal to one of \`values\`, of which there are at most ${grouped(RULE_LIMITS.values)}.` },
  NOT_IN: { description: 'There, and equal to none of `values`.' },
  CONTAINS: { description: 'A text with the text `value` in it.' },
  STARTS_WITH: { description: 'A text that begins with the text `value`.' },
  ENDS_WITH: { description: 'A text that ends with the text `value`.' },
  MATCHES: { description: 'A text in which the regular expression `value` (syntax: RE2) finds something.' },
  LESS: { description: `Less, or earlier, than \`value\`: a number, ${INSTANT}.` },
  AT_MOST: { description: 'As LESS, or equal.' },
  GREATER: { description: `Greater, or later, than \`value\`: a number, ${INSTANT}.` },
  AT_LEAST: { description: 'As GREATER, or equal.' },
  BETWEEN: { description: 'From `from` to `to`, both taken in: two numbers, or two dates or instants.' },
  EXISTS: { description: 'There, whatever it is. It takes nothing to compare with.' },
  NOT_EXISTS: { description: 'Not there: the only operator that a missing property matches. It takes nothing to compare with.' },
  VERSION_LESS: { description: 'An earlier version than `value`, number by number: 1.9 is earlier than 1.10.' },
  VERSION_AT_MOST: { description: 'The version `value`, or an earlier one.' },
  VERSION_EQUALS: { description: 'The version `value`.' },
  VERSION_AT_LEAST: { description: 'The version `value`, or a later one.' },
  VERSION_GREATER: { description: 'A later version than `value`.' },
};

export const OperatorEnum = Object.fromEntries(OPERATORS.map((operator) => [operator, operator]));
registerEnumType(OperatorEnum, { name: 'Operator', description: 'How a property is compared.', valuesConfig: OPERATOR_WORDS });

@InputType({
  description:
    'A condition on a property of a user, or, as a filter, of an event. A missing property matches NOT_EXISTS only, not even NOT_EQUALS and NOT_IN.',
})
export class PropertyConditionInput {
  @Field(() => String, {
    description:
      'The property: 1 to 120 characters. Names beginning with `geo.`, `device.`, `app.` and `user.` mean the same in every app, such as `geo.country`.',
  })
  name: string;

  @Field(() => OperatorEnum, { description: 'How it is compared.' })
  operator: Operator;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What it is compared with, by every operator but IN, NOT_IN, BETWEEN, EXISTS and NOT_EXISTS.',
  })
  value?: Json;

  @Field(() => [JsonScalar], { nullable: true, description: 'What it is compared with, by IN and NOT_IN.' })
  values?: Json[];

  @Field(() => JsonScalar, { nullable: true, description: 'The lower end, for BETWEEN.' })
  from?: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'The upper end, for BETWEEN.' })
  to?: Json;
}

@InputType({ description: 'How often. Exactly one of `atLeast`, `atMost` and `exactly` is given.' })
export class CountInput {
  @Field(() => Int, { nullable: true, description: `So often or more: from 1 to ${grouped(RULE_LIMITS.count)}.` })
  atLeast?: number;

  @Field(() => Int, { nullable: true, description: 'So often or less, but at least once unless `includeZero` says otherwise.' })
  atMost?: number;

  @Field(() => Boolean, {
    nullable: true,
    description: 'With `atMost`: whether users who never did it are taken too. They are not if it is left out.',
  })
  includeZero?: boolean;

  @Field(() => Int, { nullable: true, description: 'So often: from 1.' })
  exactly?: number;
}

@InputType({ description: 'A time with two ends.' })
export class PeriodInput {
  @Field(() => String, { description: `Its beginning, taken in: ${INSTANT}.` })
  from: string;

  @Field(() => String, { description: 'Its end, not taken in.' })
  to: string;
}

@InputType({ description: 'Which events count. Exactly one member is given.' })
export class WindowInput {
  @Field(() => Int, {
    nullable: true,
    description: `Those of the last so many times 24 hours: from 1 to ${grouped(RULE_LIMITS.lastDays)}.`,
  })
  lastDays?: number;

  @Field(() => PeriodInput, { nullable: true, description: 'Those of this time.' })
  between?: PeriodInput;

  @Field(() => Boolean, { nullable: true, description: 'All of them: `true`. Said in so many words, since it costs the most.' })
  ever?: boolean;
}

@InputType({ description: 'A user did an event.' })
class DidInput {
  @Field(() => String, { description: 'The event’s name, as the app sends it: 1 to 200 characters, and its case counts.' })
  event: string;

  @Field(() => CountInput, { nullable: true, description: 'How often; at least once if it is left out.' })
  count?: CountInput;

  @Field(() => WindowInput, { description: 'When.' })
  window: WindowInput;

  @Field(() => [PropertyConditionInput], {
    nullable: true,
    description: `Only events whose properties pass all of these count: at most ${RULE_LIMITS.filters}.`,
  })
  filters?: PropertyConditionInput[];
}

@InputType({ description: 'A user did not do an event: none passes every filter.' })
class DidNotInput {
  @Field(() => String, { description: 'The event’s name, as the app sends it: 1 to 200 characters, and its case counts.' })
  event: string;

  @Field(() => WindowInput, { description: 'When.' })
  window: WindowInput;

  @Field(() => [PropertyConditionInput], {
    nullable: true,
    description: `Only events whose properties pass all of these count: at most ${RULE_LIMITS.filters}.`,
  })
  filters?: PropertyConditionInput[];
}

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
