import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { exclusivity, type ExclusivityDocument } from '../projections/exclusivity';
import type { ProjectDocument } from '../projections/entities';
import type { Cursor } from '../src/domain/cursor';
import { EXCLUSIVITY } from '../src/domain/exclusivity';
import type { Context } from './context';
import { Entity } from './entity';
import { resultOf } from './command-result';
import type { GlobalId } from './global-id';
import { named, perform, ThingInput } from './perform';
import { Project } from './project';
import { reach } from './reach';
import { CursorScalar } from './scalars';
import { thingOf } from './thing';

@ObjectType({
  implements: Entity,
  simpleResolvers: true,
  description: 'The setting "mutually exclusive A/B tests" of a project. Until it is first changed it is off, and at version 0.',
})
export class Exclusivity extends Entity {
  @Field(() => Boolean, {
    description:
      'Whether every experiment that is created is exclusive: its users are in no other running experiment. It changes none that is there.',
  })
  enabled: boolean;
}

const EnableExclusivityResult = resultOf('EnableExclusivity', Exclusivity);
const DisableExclusivityResult = resultOf('DisableExclusivity', Exclusivity);

@InputType({ description: 'Whose setting.' })
export class ExclusivityInput extends ThingInput {
  @Field(() => ID, { nullable: true, description: 'The setting; or `projectId`, since a project has one.' })
  id?: GlobalId | null;
}

const settingOf = (input: ExclusivityInput) => thingOf(EXCLUSIVITY.kind, { ...input, name: EXCLUSIVITY.id });

@Resolver(() => Exclusivity)
export class ExclusivityResolver {
  @Query(() => Exclusivity, { nullable: true, description: 'Whether A/B tests are mutually exclusive.' })
  async exclusivity(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Arg('atLeast', () => CursorScalar, { nullable: true, description: 'Wait until the read model shows this place of the history.' })
    atLeast: Cursor | null,
    @Ctx() context: Context,
  ): Promise<ExclusivityDocument | undefined> {
    await reach(context, projectId, atLeast);
    return context.reader.get(exclusivity, projectId, EXCLUSIVITY.id);
  }

  @Mutation(() => EnableExclusivityResult, { description: 'Makes every experiment that is created from now on exclusive.' })
  enableExclusivity(
    @Arg('input', () => ExclusivityInput, { description: 'Whose setting.' }) input: ExclusivityInput,
    @Ctx() context: Context,
  ) {
    const { projectId, id } = settingOf(input);
    const command = { type: 'EnableExclusivity', expectedVersion: named(input.expectedVersion) } as const;
    return perform(context, { ...input, projectId }, command, exclusivity, id);
  }

  @Mutation(() => DisableExclusivityResult, {
    description: 'Leaves it to each experiment that is created from now on whether it is exclusive.',
  })
  disableExclusivity(
    @Arg('input', () => ExclusivityInput, { description: 'Whose setting.' }) input: ExclusivityInput,
    @Ctx() context: Context,
  ) {
    const { projectId, id } = settingOf(input);
    const command = { type: 'DisableExclusivity', expectedVersion: named(input.expectedVersion) } as const;
    return perform(context, { ...input, projectId }, command, exclusivity, id);
  }
}

@Resolver(() => Project)
export class ProjectExclusivityField {
  @FieldResolver(() => Exclusivity, { description: 'Whether its A/B tests are mutually exclusive.' })
  exclusivity(@Root() { id }: ProjectDocument, @Ctx() { reader }: Context) {
    return reader.get(exclusivity, id, EXCLUSIVITY.id);
  }
}
