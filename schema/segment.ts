import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { segments, type SegmentDocument } from '../projections/entities';
import type { Cursor } from '../src/domain/cursor';
import type { Rule } from '../src/domain/rule';
import { ruleText } from '../src/domain/rule-words';
import { connectionType, page } from './connection';
import type { Context } from './context';
import { Entity, Usage } from './entity';
import { ListArgs } from './list';
import { resultOf } from './outcome';
import { CommandInput, EditInput, named, perform } from './perform';
import { reach } from './reach';
import { RuleInput, ruleOf } from './rule-input';
import { CursorScalar, JsonScalar } from './scalars';

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'A named rule that says which users.' })
export class Segment extends Entity {
  @Field(() => ID, { description: 'Its id, which never changes.' })
  id: string;

  @Field(() => String, { description: 'Its name: unique among the segments that are not archived.' })
  name: string;

  @Field(() => String, { description: 'For people.' })
  description: string;

  @Field(() => JsonScalar, { description: 'The rule, in the shape of RuleInput: it can be given back as it is.' })
  rule: Rule;

  @Field(() => Boolean, { description: 'Whether it is archived: not to be chosen for new use, and its name is free.' })
  archived: boolean;
}

const SegmentResult = resultOf(Segment, 'Segment');
export const SegmentConnection = connectionType(Segment, 'Segment');

const NAME = 'Its name: 1 to 120 characters. No other segment that is not archived has it, whatever its case.';

@InputType({ description: 'A new segment.' })
export class CreateSegmentInput extends CommandInput {
  @Field(() => String, { description: NAME })
  name: string;

  @Field(() => String, { nullable: true, description: 'For people: at most 2,000 characters.' })
  description?: string | null;

  @Field(() => RuleInput, { description: 'Which users.' })
  rule: RuleInput;
}

@InputType({ description: 'What to change of a segment; a field that is left out stays as it is.' })
export class EditSegmentInput extends EditInput {
  @Field(() => ID, { description: 'The segment.' })
  id: string;

  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'The new description: at most 2,000 characters.' })
  description?: string | null;

  @Field(() => RuleInput, {
    nullable: true,
    description: 'The new rule, whole. Flags and configs follow it at once; an experiment keeps the rule it started with.',
  })
  rule?: RuleInput | null;
}

@InputType({ description: 'What to copy.' })
export class CloneSegmentInput extends EditInput {
  @Field(() => ID, { description: 'The segment to copy, archived or not.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'The copy’s name; if it is left out, `<name> (copy)`, or `(copy 2)` and so on.' })
  name?: string | null;
}

@InputType({ description: 'Which segment.' })
export class SegmentInput extends EditInput {
  @Field(() => ID, { description: 'The segment.' })
  id: string;
}

@Resolver(() => Segment)
export class SegmentResolver {
  @Query(() => Segment, { nullable: true, description: 'One segment by its id, archived or not; null if there is none.' })
  async segment(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('id', () => ID, { description: 'The id.' }) id: string,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Ctx() context: Context,
  ): Promise<SegmentDocument | undefined> {
    await reach(context, projectId, atLeast);
    return context.reader.get(segments, projectId, id);
  }

  @Query(() => SegmentConnection, { description: 'The segments of a project.' })
  segments(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() context: Context,
  ) {
    return page(context, projectId, segments, args);
  }

  @FieldResolver(() => String, { description: 'The rule in plain words, on one line.' })
  ruleText(@Root() { rule }: SegmentDocument): string {
    return ruleText(rule);
  }

  @FieldResolver(() => [Usage], {
    description: 'Every flag, config and experiment that uses it, and so keeps it from being archived.',
    complexity: 20,
  })
  usedBy(@Root() { projectId, id }: SegmentDocument, @Ctx() context: Context) {
    return context.reader.usagesOf(projectId, { kind: 'segment', id });
  }

  @Mutation(() => SegmentResult, { description: 'Creates a segment.' })
  createSegment(
    @Arg('input', () => CreateSegmentInput, { description: 'The new segment.' }) input: CreateSegmentInput,
    @Ctx() context: Context,
  ) {
    const { name, description, rule } = input;
    return perform(context, input, { type: 'CreateSegment', name, description: named(description), rule: ruleOf(rule) }, segments);
  }

  @Mutation(() => SegmentResult, { description: 'Changes a segment’s name, description or rule, also while it is in use.' })
  editSegment(@Arg('input', () => EditSegmentInput, { description: 'What to change.' }) input: EditSegmentInput, @Ctx() context: Context) {
    const { id, name, description, rule, expectedVersion } = input;
    const command = {
      type: 'EditSegment',
      id,
      name: named(name),
      description: named(description),
      rule: rule ? ruleOf(rule) : undefined,
      expectedVersion: named(expectedVersion),
    } as const;
    return perform(context, input, command, segments, id);
  }

  @Mutation(() => SegmentResult, { description: 'Makes an independent copy of a segment, which nothing uses yet.' })
  cloneSegment(@Arg('input', () => CloneSegmentInput, { description: 'What to copy.' }) input: CloneSegmentInput, @Ctx() context: Context) {
    const { id, name, expectedVersion } = input;
    return perform(context, input, { type: 'CloneSegment', id, name: named(name), expectedVersion: named(expectedVersion) }, segments);
  }

  @Mutation(() => SegmentResult, { description: 'Archives a segment that nothing uses.' })
  archiveSegment(@Arg('input', () => SegmentInput, { description: 'Which segment.' }) input: SegmentInput, @Ctx() context: Context) {
    const { id, expectedVersion } = input;
    return perform(context, input, { type: 'ArchiveSegment', id, expectedVersion: named(expectedVersion) }, segments, id);
  }

  @Mutation(() => SegmentResult, { description: 'Brings an archived segment back, if its name is still free.' })
  restoreSegment(@Arg('input', () => SegmentInput, { description: 'Which segment.' }) input: SegmentInput, @Ctx() context: Context) {
    const { id, expectedVersion } = input;
    return perform(context, input, { type: 'RestoreSegment', id, expectedVersion: named(expectedVersion) }, segments, id);
  }
}
