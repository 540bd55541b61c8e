import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { UsageSpan as Span } from '../projections/usage';
import { may } from '../src/application/authorization';
import type { Context } from './context';
import { Entity, EntityReference, Usage } from './entity';
import { EntityStatus } from './enums';
import { identityOf, type GlobalId } from './global-id';
import { forbidden } from './guard';
import { DateTimeScalar } from './scalars';
import type { ShownUsage } from './shown-refusal';

@ObjectType({ simpleResolvers: true, description: 'From when to when something used a thing.' })
export class UsageSpan {
  @Field(() => Int, { description: 'The revision of the event by which it began to.' })
  fromRevision: number;

  @Field(() => DateTimeScalar, { description: 'When that was.' })
  fromAt: number;

  @Field(() => Int, { nullable: true, description: 'The revision of the event by which it ended; null: it has not.' })
  toRevision: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When that was.' })
  toAt: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'An experience that uses a key, a segment or a goal, or ever did.' })
export class PastUsage extends EntityReference {
  @Field(() => EntityStatus, { description: 'Where it is in its life.' })
  status: string;

  @Field(() => [UsageSpan], {
    description:
      'From when to when, in order: as `usedBy` says it, so until it was taken out or archived, and of an experiment until it ended.',
  })
  spans: readonly Span[];
}

const DESCRIPTION = 'The thing itself, with its rows or variants: as it is now, or at the point that is asked about.';

/** The thing that is referred to. The right to read it is asked for here. */
async function referred({ nodeId }: Pick<ShownUsage, 'nodeId'>, { loaders, caller }: Context): Promise<object | undefined> {
  const { projectId, kind, id } = identityOf(nodeId as unknown as GlobalId);
  if (!may(caller, 'read set-up', projectId)) throw forbidden('read set-up', projectId);
  const document = await loaders.find(kind, projectId, id);
  return document && { ...document, __typename: kind.charAt(0).toUpperCase() + kind.slice(1) };
}

@Resolver(() => Usage)
class UsageResolver {
  @FieldResolver(() => Entity, { nullable: true, complexity: ({ childComplexity }) => 2 + childComplexity, description: DESCRIPTION })
  entity(@Root() usage: ShownUsage, @Ctx() context: Context): Promise<object | undefined> {
    return referred(usage, context);
  }
}

@Resolver(() => PastUsage)
class PastUsageResolver {
  @FieldResolver(() => Entity, { nullable: true, complexity: ({ childComplexity }) => 2 + childComplexity, description: DESCRIPTION })
  entity(@Root() usage: ShownUsage, @Ctx() context: Context): Promise<object | undefined> {
    return referred(usage, context);
  }
}

export const usageResolvers = [UsageResolver, PastUsageResolver] as const;
