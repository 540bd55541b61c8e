import { Arg, Field, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { inSlices } from '../src/concurrency/in-slices';
import { checkGoal, fullMeasure, measureParts, measureText } from '../src/domain/goal';
import type { Json } from '../src/domain/json';
import type { Problem } from '../src/domain/refusal';
import type { Rule } from '../src/domain/rule';
import { conditionAt, conditionsOf, warningsOf, type ConditionText } from '../src/domain/rule-advice';
import { checkRule, normalizeFilters, normalizeRule } from '../src/domain/rule-check';
import { checkingPatterns } from '../src/domain/rule-patterns';
import { markedCondition, ruleParts, ruleText } from '../src/domain/rule-words';
import { PropertyConditionInput } from './rule-input';
import { measuredOf, withMeasure } from './goal';
import { listOf } from './list';
import { InputProblem } from './outcome';
import { named } from './perform';
import { atApiPath, shownProblem } from './error';
import { JsonScalar } from './scalars';
import { PARTS, partsIn, TextPart, type PartInProject } from './text-part';

@ObjectType({ simpleResolvers: true, description: 'One part of what was checked, in words.' })
export class CheckedCondition {
  @Field(() => String, { description: 'Where it is, such as `rule.all[1].property`.' })
  path: string;

  @Field(() => String, { description: 'It alone, in plain words.' })
  text: string;

  @Field(() => [TextPart], { complexity: PARTS, description: 'The same in parts, so that a page can link them.' })
  parts: readonly PartInProject[];
}

@ObjectType({ simpleResolvers: true, description: 'What is to be said of something that is being written. Nothing is stored.' })
export class Check {
  @Field(() => String, { nullable: true, description: 'All of it in plain words; null while there are problems.' })
  text: string | null;

  @Field(() => [TextPart], {
    complexity: PARTS,
    description: 'The same in parts, so that a page can link them; none while there are problems.',
  })
  textParts: readonly PartInProject[];

  @Field(() => [InputProblem], { complexity: listOf(5), description: 'What keeps it from being stored, each where it is: at most 20.' })
  problems: readonly Problem[];

  @Field(() => [CheckedCondition], { complexity: listOf(20), description: 'Its parts in words, in order; none while there are problems.' })
  conditions: readonly CheckedCondition[];

  @Field(() => [InputProblem], {
    complexity: listOf(5),
    description: 'What is allowed and hardly meant, such as a property below `geo.` that is not a known one.',
  })
  warnings: readonly Problem[];
}

@InputType({ description: 'What a goal measures, while it is being written.' })
export class GoalMeasureInput extends withMeasure(Object) {
  @Field(() => String, { description: 'The event that counts, as the app sends it.' })
  event: string;

  @Field(() => [PropertyConditionInput], { nullable: true, description: 'Only events whose properties pass all of these count.' })
  filters?: PropertyConditionInput[] | null;
}

const PROJECT = { description: 'The project that it is for.' };

/** Patterns are compiled, and a rule may be long. */
const COST = 20;

@Resolver()
export class CheckResolver {
  @Query(() => Check, {
    complexity: ({ childComplexity }) => COST + childComplexity,
    description:
      'What is to be said of a rule before it is stored: its words, and what is wrong or hardly meant, each where it is. The rule is JSON and no RuleInput, since one that is being written need not have its shape yet.',
  })
  async checkRule(
    @Arg('projectId', () => ID, PROJECT) projectId: string,
    @Arg('rule', () => JsonScalar, { description: 'The rule, in the shape of RuleInput.' }) given: Json,
  ): Promise<Check> {
    await inSlices(checkingPatterns([given]));
    const problems = checkRule(given, 'rule');
    if (problems.length > 0) return refused(problems);
    const rule = normalizeRule(given as Rule);
    return {
      text: ruleText(rule),
      textParts: partsIn(projectId, ruleParts(rule)),
      problems: [],
      conditions: conditionsOf(rule, 'rule').map((one) => checkedCondition(projectId, one)),
      warnings: warningsOf(rule, 'rule').map(shownProblem),
    };
  }

  @Query(() => Check, {
    complexity: ({ childComplexity }) => COST + childComplexity,
    description: 'The same of what a goal measures.',
  })
  async checkGoal(
    @Arg('projectId', () => ID, PROJECT) projectId: string,
    @Arg('goal', () => GoalMeasureInput, { description: 'What it measures.' }) { event, filters, ...input }: GoalMeasureInput,
  ): Promise<Check> {
    const goal = { event, filters: named(filters), ...measuredOf(input) };
    await inSlices(checkingPatterns([{ filters: goal.filters }]));
    const problems = checkGoal(goal);
    if (problems.length > 0) return refused(problems);
    const measure = fullMeasure(goal);
    const filterTexts = normalizeFilters(goal.filters).map((filter, index) => conditionAt(`filters.${index}`, markedCondition(filter)));
    return {
      text: measureText(measure),
      textParts: partsIn(projectId, measureParts(measure)),
      problems: [],
      conditions: filterTexts.map((one) => checkedCondition(projectId, one)),
      warnings: [],
    };
  }
}

export function checkedCondition(projectId: string, { parts, ...condition }: ConditionText): CheckedCondition {
  return atApiPath({ ...condition, parts: partsIn(projectId, parts) });
}

function refused(problems: readonly Problem[]): Check {
  return { text: null, textParts: [], problems: problems.map(shownProblem), conditions: [], warnings: [] };
}
