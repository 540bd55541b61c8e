import { Ctx, FieldResolver, Resolver, Root, type ClassType } from 'type-graphql';
import { experiments } from '../projections/entities';
import type { Stamp } from '../projections/stamp';
import { may } from '../src/application/authorization';
import { inTurns } from '../src/concurrency/in-slices';
import { baselineOfRunning } from '../src/domain/acknowledge';
import type { EntityKind, EntityRef } from '../src/domain/event';
import { entityKey } from '../src/domain/project-state';
import { ArchivedMany } from './archive-many';
import type { Context } from './context';
import { AFFECTED, EntityReference, OF_A_COMMAND } from './entity';
import { referenceTo, type Reference } from './global-id';
import { forbidden } from './guard';
import { idOf, TYPES, type Known } from './history-fields';
import { Project } from './project';
import { Reverted } from './revert';
import { SetupApplied } from './setup';

/* What else a command changed, which a client that keeps answers must ask for anew. */

type References = ReturnType<typeof inTurns<Reference>>;

interface Wrote {
  readonly projectId: string;
  /** The revision of one of the command's events. */
  readonly revision: number;
  /** What the answer is about anyway. */
  readonly self?: Pick<EntityRef, 'kind' | 'id'>;
}

/** All that the command's events are about, and the running experiments whose baseline they moved (X7), each once. */
async function affectedBy(context: Context, { projectId, revision, self }: Wrote): Promise<References> {
  const { caller, loaders, reader, asOfRevision } = context;
  if (!may(caller, 'read history', projectId)) throw forbidden('read history', projectId);
  const events = await loaders.command(projectId, revision);
  const affected = new Map<string, EntityRef>();
  for (const { entity } of events) affected.set(entityKey(entity.kind, entity.id), entity);
  const moved = [...new Set(events.flatMap((event) => baselineOfRunning(event)?.experiments ?? []))];
  const documents = await reader.getMany(experiments, projectId, moved);
  for (const [at, id] of moved.entries()) {
    affected.set(entityKey('experiment', id), { kind: 'experiment', id, name: documents[at]?.name ?? id });
  }
  if (self !== undefined) affected.delete(entityKey(self.kind, self.id));
  return inTurns([...affected.values()].map((entity) => referenceTo(projectId, entity, asOfRevision)));
}

/** The field on everything in a project. It follows from the last event, so that it is as good in a cache as all else of the thing. */
function affectedField(type: ClassType, kind: EntityKind): ClassType {
  @Resolver(() => type)
  class AffectedField {
    @FieldResolver(() => [EntityReference], { nullable: true, complexity: OF_A_COMMAND, description: AFFECTED })
    affected(@Root() thing: Known & Stamp, @Ctx() context: Context): Promise<References> {
      const { projectId, updatedRevision: revision } = thing;
      return affectedBy(context, { projectId, revision, self: { kind, id: kind === 'project' ? projectId : idOf(thing) } });
    }
  }
  return AffectedField;
}

/** The field on the answers of commands that may be about several things. */
function affectedByCommand(type: ClassType): ClassType {
  @Resolver(() => type)
  class AffectedByCommand {
    @FieldResolver(() => [EntityReference], {
      nullable: true,
      complexity: OF_A_COMMAND,
      description:
        'All that the command changed, and running experiments that are compared with something else since: of at most 4,000 events. It takes the right to read history.',
    })
    affected(@Root() { cursor }: Pick<ArchivedMany, 'cursor'>, @Ctx() context: Context): Promise<References> {
      return affectedBy(context, cursor);
    }
  }
  return AffectedByCommand;
}

export const affectedFields: readonly ClassType[] = [
  affectedField(Project, 'project'),
  ...(Object.entries(TYPES) as [EntityKind, ClassType][]).map(([kind, type]) => affectedField(type, kind)),
  ...[ArchivedMany, Reverted, SetupApplied].map(affectedByCommand),
];
