import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { inSlices } from '../src/concurrency/in-slices';
import type { PropertyType } from '../src/domain/known-properties';
import { vocabularyOf, type EventInUse, type PropertyInUse, type Vocabulary as Words } from '../src/domain/vocabulary';
import type { Context } from './context';
import { listOf } from './list';
import { PropertyTypeEnum } from './operators';

@ObjectType({ simpleResolvers: true, description: 'A property that rules and goals ask for, or that means the same in every app.' })
export class PropertyName {
  @Field(() => String, { description: 'What conditions call it.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'In plain words; null: only the app knows what it is.' })
  words: string | undefined;

  @Field(() => [PropertyTypeEnum], { description: 'The types of its values: its own if it is reserved, else those it is compared with.' })
  types: readonly PropertyType[];

  @Field(() => Boolean, { description: 'Whether it means the same in every app, such as `geo.country`.' })
  reserved: boolean;

  @Field(() => Int, { description: 'How many segments and goals ask for it.' })
  uses: number;
}

@ObjectType({ simpleResolvers: true, description: 'An event that rules and goals ask for.' })
export class EventName {
  @Field(() => String, { description: 'What the app calls it.' })
  name: string;

  @Field(() => [PropertyName], { complexity: listOf(5), description: 'Its properties that are asked for.' })
  properties: readonly PropertyInUse[];

  @Field(() => Int, { description: 'How many segments and goals ask for it.' })
  uses: number;
}

@ObjectType({ simpleResolvers: true, description: 'The words that the rules and goals of a project use.' })
export class Vocabulary {
  @Field(() => [EventName], { complexity: listOf(20), description: 'The events, by name.' })
  events: readonly EventInUse[];

  @Field(() => [PropertyName], { complexity: listOf(20), description: 'The properties of users, by name, with all that are reserved.' })
  properties: readonly PropertyInUse[];
}

/** It looks at every rule of the project. */
const COST = 500;

/** By the segments: most changes of a project are of other things. */
const known = new WeakMap<object, { readonly goals: object; readonly words: Promise<Words> }>();

@Resolver()
export class VocabularyResolver {
  @Query(() => Vocabulary, {
    nullable: true,
    complexity: ({ childComplexity }) => COST + childComplexity,
    description:
      'The events and properties that the segments and goals of a project ask for, archived ones left out, and the reserved properties.',
  })
  async vocabulary(
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Ctx() { loaders }: Context,
  ): Promise<Words | null> {
    const state = await loaders.state(projectId);
    if (state.project === undefined) return null;
    const before = known.get(state.segments);
    if (before?.goals === state.goals) return before.words;
    const words = inSlices(vocabularyOf(state));
    known.set(state.segments, { goals: state.goals, words });
    return words;
  }
}
