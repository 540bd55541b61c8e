import { Arg, Ctx, Field, FieldResolver, ID, ObjectType, Query, registerEnumType, Resolver, Root } from 'type-graphql';
import { RIGHTS, rightsIn, type Right } from '../src/application/authorization';
import type { Caller } from '../src/application/caller';
import type { Context } from './context';
import { Actor } from './actor';
import { DateTimeScalar } from './scalars';

const WORDS: { readonly [R in Right]: string } = {
  'create projects': 'Set up new projects.',
  'write set-up': 'Change the project itself, keys, segments, goals, holdouts and the exclusivity setting.',
  'write experiences': 'Change flags, configs and experiments.',
  'list projects': 'See that the project is there, and what it is called.',
  'read names': 'See what things are called.',
  'read set-up': 'Read what is set up in the project.',
  'read history': 'Read who changed what, when and why, and what the project was.',
  subscribe: 'Follow changes, as they happen and from the past.',
  'audit the record': 'Have heads signed, and read models compared by digest.',
  evaluate: 'Ask which values users get, as an app does.',
  'send events': 'Say what users did, as an app does.',
  'force variants': 'Give a user a variant of an experiment for a test.',
  'forget users': 'Remove all that is known of a user.',
  'forget actors': 'Erase what an actor is called.',
  'keep users': "Store properties of users, read all that is known of one, link and forget them, as an app's server does.",
  'read operations': 'See in what state the read models of the instance are.',
  'end sessions': 'Sign browsers out.',
  'issue tokens': 'Have tokens signed, with any role in any project.',
  operate: 'Look after the read models of the instance.',
};

const nameOf = (right: Right): string => right.replace(/[ -]/g, '_').toUpperCase();

export const RightEnum = Object.fromEntries((Object.keys(RIGHTS) as Right[]).map((right) => [nameOf(right), right]));
registerEnumType(RightEnum, {
  name: 'Right',
  description: 'What a role lets its holder do in a project.',
  valuesConfig: Object.fromEntries((Object.keys(RIGHTS) as Right[]).map((right) => [nameOf(right), { description: WORDS[right] }])),
});

@ObjectType({ simpleResolvers: true, description: 'The caller, as the token says.' })
export class Viewer {
  @Field(() => Actor, { description: 'Under whose name commands of this caller are stored.' })
  actor: Caller['actor'];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the token ends, and open streams with it; null: never.' })
  expiresAt: number | null;
}

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, { description: 'Who asks, and what the token allows.' })
  viewer(@Ctx() { caller }: Context): Viewer {
    return { actor: caller.actor, expiresAt: Number.isFinite(caller.expiresAt) ? caller.expiresAt : null };
  }

  @FieldResolver(() => [RightEnum], {
    description:
      'What the caller may do in a project, whether it is there or not. Rights about the whole instance are listed if the role holds in all.',
  })
  rights(
    @Root() _viewer: Viewer,
    @Arg('projectId', () => ID, { description: 'The project.' }) projectId: string,
    @Ctx() { caller }: Context,
  ): readonly Right[] {
    return rightsIn(caller, projectId);
  }
}
