import { Field, Int, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import { PROPERTY_TYPES, type PropertyType } from '../src/domain/known-properties';
import { takenBy } from '../src/domain/property-check';
import { OPERATORS, RULE_LIMITS, type Operator as OperatorName } from '../src/domain/rule';
import { OperatorEnum } from './rule-input';

export const PropertyTypeEnum = Object.fromEntries(PROPERTY_TYPES.map((type) => [type, type]));
registerEnumType(PropertyTypeEnum, {
  name: 'PropertyType',
  description: 'What the value of a property is. Dates and versions are written as strings.',
  valuesConfig: {
    STRING: { description: 'A text.' },
    NUMBER: { description: 'A number.' },
    BOOLEAN: { description: 'True or false.' },
  },
});

const OperandEnum = { VALUE: 'value', VALUES: 'values', FROM: 'from', TO: 'to' } as const;
registerEnumType(OperandEnum, {
  name: 'Operand',
  description: 'The fields of a condition that say what a property is compared with.',
  valuesConfig: {
    VALUE: { description: 'One value.' },
    VALUES: { description: 'A list of values.' },
    FROM: { description: 'The lower end of a range.' },
    TO: { description: 'The upper end of a range.' },
  },
});

const ANY = PROPERTY_TYPES;
const TEXT: readonly PropertyType[] = ['STRING'];
const ORDERED: readonly PropertyType[] = ['NUMBER', 'STRING'];

/** How a condition with the operator reads between the property and what it is compared with, and which values of a property can match it. */
const SHOWN: { readonly [operator in OperatorName]: readonly [words: string, types: readonly PropertyType[]] } = {
  EQUALS: ['is', ANY],
  NOT_EQUALS: ['is not', ANY],
  IN: ['is one of', ANY],
  NOT_IN: ['is none of', ANY],
  CONTAINS: ['contains', TEXT],
  STARTS_WITH: ['starts with', TEXT],
  ENDS_WITH: ['ends with', TEXT],
  MATCHES: ['matches', TEXT],
  LESS: ['<', ORDERED],
  AT_MOST: ['<=', ORDERED],
  GREATER: ['>', ORDERED],
  AT_LEAST: ['>=', ORDERED],
  BETWEEN: ['is between', ORDERED],
  EXISTS: ['exists', ANY],
  NOT_EXISTS: ['does not exist', ANY],
  VERSION_LESS: ['is an earlier version than', TEXT],
  VERSION_AT_MOST: ['is at most version', TEXT],
  VERSION_EQUALS: ['is version', TEXT],
  VERSION_AT_LEAST: ['is at least version', TEXT],
  VERSION_GREATER: ['is a later version than', TEXT],
};

@ObjectType({ simpleResolvers: true, description: 'A way to compare a property, for forms.' })
export class RuleOperator {
  @Field(() => OperatorEnum, { description: 'What conditions call it.' })
  name: OperatorName;

  @Field(() => String, { description: 'How it reads between a property and what that is compared with.' })
  words: string;

  @Field(() => [OperandEnum], { description: 'What must be given with it; none: nothing is compared with.' })
  takes: readonly string[];

  @Field(() => [PropertyTypeEnum], { description: 'Which values of a property can match it. Values are never converted.' })
  types: readonly PropertyType[];
}

@ObjectType({ simpleResolvers: true, description: 'How large a rule may be.' })
export class RuleLimits {
  @Field(() => Int, { description: 'Levels of `all`, `any` and `not`, the innermost condition counted.' })
  depth: number;

  @Field(() => Int, { description: 'Conditions.' })
  leaves: number;

  @Field(() => Int, { description: 'Conditions on the properties of one event.' })
  filters: number;

  @Field(() => Int, { description: 'Values of IN and NOT_IN.' })
  values: number;

  @Field(() => Int, { description: 'Bytes of the rule as JSON.' })
  bytes: number;

  @Field(() => Int, { description: 'Characters of all regular expressions together.' })
  patterns: number;

  @Field(() => Int, { description: 'How often an event may be asked for.' })
  count: number;

  @Field(() => Int, { description: 'How many days back may be looked.' })
  lastDays: number;

  @Field(() => Int, { description: 'Characters of a version.' })
  versionLength: number;
}

@Resolver()
export class OperatorsResolver {
  @Query(() => [RuleOperator], { description: 'All ways to compare a property, in the order of a list to choose from.' })
  operators(): readonly RuleOperator[] {
    return OPERATORS.map((name) => {
      const [words, types] = SHOWN[name];
      return { name, words, takes: takenBy(name), types };
    });
  }

  @Query(() => RuleLimits, { description: 'How large a rule may be.' })
  ruleLimits(): RuleLimits {
    return RULE_LIMITS;
  }
}
