import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { may } from '../src/application/authorization';
import type { Context } from './context';
import { DOCUMENTS, nameOf } from '../projections/entities';
import { EntityReference } from './entity';
import { RequestError } from './error';
import { identityIn, identityOf, referenceTo, type GlobalId, type Identity, type Reference } from './global-id';
import { forbidden } from './guard';
import { listOf } from './list';

const MOST = 500;

@Resolver()
export class NamesResolver {
  @Query(() => [EntityReference], {
    nullable: 'items',
    complexity: listOf(50),
    description:
      'What things are called now, in the order of their ids; null where there is none. For those who follow changes and may read no more than that, and for texts about many things.',
  })
  async names(
    @Arg('ids', () => [ID], { description: `Their ids, of one or of several projects: at most ${MOST}.` }) ids: GlobalId[],
    @Ctx() context: Context,
  ): Promise<(Reference | null)[]> {
    if (ids.length > MOST) throw new RequestError('BAD_REQUEST', `\`ids\` must be at most ${MOST}, not ${ids.length}.`);
    const identities = ids.map((id, index) => identityIn(id, identityOf(id, `ids[${index}]`).projectId, `ids[${index}]`));
    for (const { projectId } of identities) if (!may(context.caller, 'read names', projectId)) throw forbidden('read names', projectId);
    return namesOf(context, identities);
  }
}

/** The things of one kind in one project are read at once. */
async function namesOf({ reader }: Context, identities: readonly Identity[]): Promise<(Reference | null)[]> {
  const groups = new Map<string, Identity[]>();
  for (const identity of identities) {
    const group = `${identity.projectId}/${identity.kind}`;
    groups.set(group, [...(groups.get(group) ?? []), identity]);
  }
  const found = new Map<string, Reference>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const { projectId, kind } = group[0]!;
      const ids = [...new Set(group.map(({ id }) => id))];
      const documents = await reader.getMany(DOCUMENTS[kind], projectId, ids);
      for (const [index, id] of ids.entries()) {
        const document = documents[index];
        if (document) found.set(keyOf({ projectId, kind, id }), referenceTo(projectId, { kind, id, name: nameOf(document) }));
      }
    }),
  );
  return identities.map((identity) => found.get(keyOf(identity)) ?? null);
}

const keyOf = ({ projectId, kind, id }: Identity): string => `${projectId}/${kind}/${id}`;
