import { Ctx, Field, FieldResolver, Int, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { ENTITY_PROJECTIONS, type ProjectDocument } from '../projections/entities';
import type { ProjectionOf } from '../src/read-model/projection';
import type { Limits } from '../src/domain/limits';
import { PLURALS, type PluralKind } from '../src/domain/project-state';
import type { Context } from './context';
import { Project } from './project';

const WORDS: { readonly [Name in Counted]: string } = {
  keys: 'Keys that are not archived.',
  segments: 'Segments that are not archived.',
  goals: 'Goals that are not archived.',
  flags: 'Flags that are not archived.',
  configs: 'Configs that are not archived.',
  experiments: 'Experiments that are not archived.',
  runningExperiments: 'Experiments that run.',
};

/** What has a limit. */
type Counted = Exclude<keyof Limits, 'observationsKeptDays'>;

const NAMES = Object.keys(WORDS) as Counted[];
const shown = (name: string): string => name.replace(/(?=[A-Z])/g, '_').toUpperCase();
const LimitEnum = Object.fromEntries(NAMES.map((name) => [shown(name), name]));
registerEnumType(LimitEnum, {
  name: 'LimitName',
  description: 'What a project may hold so many of.',
  valuesConfig: Object.fromEntries(NAMES.map((name) => [shown(name), { description: WORDS[name] }])),
});

@ObjectType({ simpleResolvers: true, description: 'How many of something a project has, and may have.' })
export class Limit {
  @Field(() => LimitEnum, { description: 'Of what.' })
  name: Counted;

  @Field(() => Int, { description: 'How many there are.' })
  used: number;

  @Field(() => Int, { description: 'How many there may be: a command for one more is refused as LimitReached.' })
  limit: number;
}

@Resolver(() => Project)
export class LimitsField {
  @FieldResolver(() => [Limit], { complexity: 20, description: 'How much it holds, and how much it may hold.' })
  async limits(@Root() { id }: ProjectDocument, @Ctx() { reader, limits }: Context): Promise<Limit[]> {
    const asked = NAMES.map((name) => {
      const which = name === 'runningExperiments' ? { statuses: ['RUNNING'] } : { archived: false };
      return [projectionOf(name), { ...which, sort: { by: 'name', descending: false }, limit: 0, from: 'start' }] as const;
    });
    const pages = await reader.lists(id, asked);
    return NAMES.map((name, at) => ({ name, used: pages[at]!.total, limit: limits[name] }));
  }
}

function projectionOf(name: Counted): ProjectionOf<object> {
  const kind = (Object.keys(PLURALS) as PluralKind[]).find((each) => PLURALS[each] === name) ?? 'experiment';
  return ENTITY_PROJECTIONS[kind];
}
