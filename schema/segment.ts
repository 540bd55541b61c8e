import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import { segments, type SegmentDocument } from '../projections/entities';
import type { Rule } from '../src/domain/rule';
import { ruleParts, ruleText } from '../src/domain/rule-words';
import { PARTS, partsIn, TextPart, type PartInProject } from './text-part';
import { queriesOf, usedByField } from './concept-fields';
import { moveMutations, writeMutations } from './concept-mutations';
import { namedType, OTHER_WORDS, textInputs } from './concept-types';
import type { Context } from './context';
import { Entity } from './entity';
import { resultOf } from './command-result';
import type { GlobalId } from './global-id';
import { named, perform, ThingInput } from './perform';
import { RuleInput, ruleOf } from './rule-input';
import { ruleNodesField } from './rule-nodes';
import { JsonScalar } from './scalars';
import { thingOf } from './thing';

@ObjectType({ implements: Entity, simpleResolvers: true, description: 'A named rule that says which users.' })
export class Segment extends namedType('segment') {
  @Field(() => JsonScalar, { description: 'The rule, in the shape of RuleInput: it can be given back as it is.' })
  rule: Rule;

  @Field(() => Boolean, { description: 'Whether it is archived: not to be chosen for new use, and its name is free.' })
  archived: boolean;
}

const CloneSegmentResult = resultOf('CloneSegment', Segment);

const { NewInput, OneInput, ChangesInput } = textInputs('segment', OTHER_WORDS('segment'));

@InputType({ description: 'A new segment.' })
export class CreateSegmentInput extends NewInput {
  @Field(() => RuleInput, { description: 'Which users.' })
  rule: RuleInput;
}

@InputType({ description: 'What to change of a segment; a field that is left out stays as it is.' })
export class EditSegmentInput extends ChangesInput {
  @Field(() => RuleInput, {
    nullable: true,
    description: 'The new rule, whole. Flags and configs follow it at once; an experiment keeps the rule it started with.',
  })
  rule?: RuleInput | null;
}

@InputType({ description: 'What to copy.' })
export class CloneSegmentInput extends ThingInput {
  @Field(() => ID, { description: 'The segment to copy, archived or not.' })
  id: GlobalId;

  @Field(() => String, { nullable: true, description: 'The copy’s name; if it is left out, `<name> (copy)`, or `(copy 2)` and so on.' })
  name?: string | null;
}

@Resolver(() => Segment)
class SegmentResolver {
  @FieldResolver(() => String, { description: 'The rule in plain words, on one line.' })
  ruleText(@Root() { rule }: SegmentDocument): string {
    return ruleText(rule);
  }

  @FieldResolver(() => [TextPart], { description: 'The rule in words, in its parts, so that a page can link them.', complexity: PARTS })
  ruleParts(@Root() { projectId, rule }: SegmentDocument): PartInProject[] {
    return partsIn(projectId, ruleParts(rule));
  }

  @Mutation(() => CloneSegmentResult, { description: 'Makes an independent copy of a segment, which nothing uses yet.' })
  cloneSegment(@Arg('input', () => CloneSegmentInput, { description: 'What to copy.' }) input: CloneSegmentInput, @Ctx() context: Context) {
    const { name, expectedVersion } = input;
    const { projectId, id } = thingOf('segment', { id: input.id, projectId: input.projectId });
    return perform(
      context,
      { ...input, projectId },
      { type: 'CloneSegment', id, name: named(name), expectedVersion: named(expectedVersion) },
      segments,
    );
  }
}

export const segmentResolvers = [
  SegmentResolver,
  ruleNodesField(Segment),
  ...queriesOf('segment', Segment),
  usedByField(Segment, 'segment', 'Every flag, config and experiment that uses it, and so keeps it from being archived.'),
  writeMutations('segment', Segment, {
    create: [CreateSegmentInput, 'Creates a segment.', ({ rule }) => ({ rule: ruleOf(rule) })],
    edit: [
      EditSegmentInput,
      'Changes a segment’s name, description or rule, also while it is in use.',
      ({ rule }) => ({ rule: rule ? ruleOf(rule) : undefined }),
    ],
  }),
  ...moveMutations('segment', Segment, OneInput, {
    ArchiveSegment: 'Archives a segment that nothing uses.',
    RestoreSegment: 'Brings an archived segment back, if its name is still free.',
  }),
];
