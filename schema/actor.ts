import { Ctx, Field, FieldResolver, ID, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { isNoApp, actorIdOf, actorWithId } from '../src/application/caller';
import type { Actor as LedgerActor } from '../src/domain/event';
import { excerpt } from '../src/domain/text';
import type { Context } from './context';
import type { GlobalId } from './global-id';
import { WrongId } from './error';

/** Throws `WrongId` where it is no actor's. */
export function actorOf(given: GlobalId, path: string): LedgerActor {
  const text = given as unknown as string;
  const actor = actorWithId(text);
  if (actor === undefined) throw new WrongId(path, `must be the \`id\` of an actor as this API gave it, not "${excerpt(text)}"`);
  return actor;
}

export enum ActorKindEnum {
  USER = 'user',
  SERVICE = 'service',
}
registerEnumType(ActorKindEnum, {
  name: 'ActorKind',
  description: 'What sort of caller acted.',
  valuesConfig: { USER: { description: 'A person.' }, SERVICE: { description: 'A program.' } },
});

@ObjectType({ simpleResolvers: true, description: 'Who acted: a person or a program that had a token.' })
export class Actor {
  @Field(() => ActorKindEnum, { description: 'A person or a program.' })
  kind: ActorKindEnum;
}

@Resolver(() => Actor)
export class ActorResolver {
  @FieldResolver(() => ID, { description: 'Its id, unique over everything that has one: what inputs take. Opaque.' })
  id(@Root() actor: LedgerActor): string {
    return actorIdOf(actor);
  }

  @FieldResolver(() => String, { description: 'The opaque id that the token gave, as events and sentences have it.' })
  subject(@Root() { id }: LedgerActor): string {
    return id;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'What it is called, as its token said last; kept outside the ledger, where it can be erased. Null: none is known, or an app asks.',
  })
  displayName(@Root() actor: LedgerActor, @Ctx() { actorNames, caller }: Context): Promise<string | undefined> | undefined {
    if (!isNoApp(caller)) return undefined;
    return actorNames.nameOf({ kind: actor.kind, id: actor.id });
  }
}
