import { Ctx, Field, FieldResolver, ID, InputType, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { segments } from '../projections/entities';
import type { FrozenAudience as StoredAudience } from '../src/domain/experiment-state';
import type { Json } from '../src/domain/json';
import type { Rule } from '../src/domain/rule';
import { ruleParts, ruleText } from '../src/domain/rule-words';
import { PARTS, partsIn, TextPart, type PartInProject } from './text-part';
import type { Context } from './context';
import { KeyValue, KeyValueInput } from './key';
import { listOf } from './list';
import { JsonScalar, PercentScalar } from './scalars';
import { Segment } from './segment';

@ObjectType({ simpleResolvers: true, description: 'One arm of an A/B test.' })
export class Variant {
  @Field(() => ID, {
    name: 'variant',
    simple: false,
    description: 'Its id in the experiment, and unique only there, which it keeps.',
  })
  id: string;

  @Field(() => String, { description: 'Its name: unique in the experiment.' })
  name: string;

  @Field(() => Boolean, { description: 'Whether it is control: its users get what they would get without the test.' })
  control: boolean;

  @Field(() => PercentScalar, { description: 'Its share of the users in the test, in percent: all weights together are 100.' })
  weight: number;

  @Field(() => [KeyValue], { description: 'What its users get; nothing for control.', complexity: listOf(3) })
  values: KeyValue[];
}

@InputType({ description: 'One arm of an A/B test.' })
export class VariantInput {
  @Field(() => ID, { nullable: true, description: 'The `variant` that this one goes on as; left out, it is a new variant.' })
  variant?: string | null;

  @Field(() => String, { description: 'Its name: 1 to 120 characters, unique in the experiment.' })
  name: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether it is control: its users get what they would get without the test. Exactly one variant is.',
  })
  control: boolean;

  @Field(() => PercentScalar, { description: 'Its share of the users in the test, in percent: all weights together must be 100.' })
  weight: number;

  @Field(() => [KeyValueInput], {
    defaultValue: [],
    description: 'What its users get: values for some or all of the experiment’s keys, at least one. None for control.',
  })
  values: KeyValueInput[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'A segment as it was when an experiment started. The experiment keeps to it, whatever becomes of the segment.',
})
export class FrozenAudience {
  @Field(() => String, { description: 'The segment’s name then.' })
  name: string;

  @Field(() => Int, { description: 'The segment’s version then.' })
  version: number;

  @Field(() => JsonScalar, { description: 'The rule: a tree of the same shape as RuleInput.' })
  rule: Json | Rule;
}

export type FrozenAudienceRoot = StoredAudience & { readonly projectId: string };

@Resolver(() => FrozenAudience)
export class FrozenAudienceResolver {
  @FieldResolver(() => String, { description: 'The rule in plain words.' })
  ruleText(@Root() { rule }: FrozenAudienceRoot): string {
    return ruleText(rule);
  }

  @FieldResolver(() => [TextPart], { description: 'The rule in words, in its parts, so that a page can link them.', complexity: PARTS })
  ruleParts(@Root() { projectId, rule }: FrozenAudienceRoot): PartInProject[] {
    return partsIn(projectId, ruleParts(rule));
  }

  @FieldResolver(() => Segment, { description: 'The segment as it is now.' })
  segment(@Root() { projectId, segment }: FrozenAudienceRoot, @Ctx() { loaders }: Context) {
    return loaders.load(segments, projectId, segment);
  }
}
