import { EXCLUSIVITY } from '../domain/exclusivity';
import type { EntityRef } from '../domain/event';
import { holderOf, nameOf, releaseOf } from '../domain/naming';
import { entitiesOf, entityKey, type ProjectState } from '../domain/project-state';
import type { RefusalOf } from '../domain/refusal';
import type { Steps } from '../domain/steps';
import { isUsageKind, usesOf } from '../domain/usage';
import type { About, Planner, Step } from './planner';

/**
 * A refusal if anything that the plan touches has moved since the revision at which it was shown: what its steps and obstacles are about, what had
 * the name of what they create, and what the experiences of its steps name. `state` is the one that the plan was made on.
 */
export function* stalenessOf(
  state: ProjectState,
  { steps, obstacles, state: planned }: Planner,
  plannedAt: number,
): Steps<RefusalOf<'STALE'> | undefined> {
  const seen = new Set<string>();
  const movedSince = (refs: Iterable<EntityRef>): RefusalOf<'STALE'> | undefined => {
    for (const ref of refs) {
      const key = entityKey(ref.kind, ref.id);
      const moved = seen.has(key) ? undefined : state.versions.get(key);
      seen.add(key);
      if (moved === undefined || moved.revision <= plannedAt) continue;
      const message = `The ${ref.kind} "${ref.name}" has changed since the plan was made: ${moved.actor.id} changed it. Nothing was applied; plan again.`;
      return { code: 'STALE', message, currentVersion: moved.version, changedBy: moved.actor, changedAt: moved.at };
    }
    return undefined;
  };
  for (const step of steps) {
    const stale = movedSince([...meant(state, step.entity, plannedAt, step.entity.id), ...namedBy(planned, step)]);
    if (stale) return stale;
    yield;
  }
  return movedSince(obstacles.flatMap(({ entity }) => meant(state, entity, plannedAt)));
}

/** The thing itself, or, where it is not there yet, what gave its name up since the plan was shown. */
function meant(state: ProjectState, { kind, name }: About, plannedAt: number, known?: string): readonly EntityRef[] {
  if (kind === 'project' || kind === 'key') return [{ kind, id: known ?? name, name }];
  if (kind === 'exclusivity') return [EXCLUSIVITY];
  const id = known ?? holderOf(state, kind, name);
  if (id !== undefined && state.versions.has(entityKey(kind, id))) return [{ kind, id, name }];
  const released = releaseOf(state, kind, name);
  return released !== undefined && released.revision > plannedAt ? [{ kind, id: released.id, name }] : [];
}

/** What an experience names once the step is done, each with its name; nothing, if it is archived then. */
function namedBy(planned: ProjectState, { command, entity: { kind, id }, after }: Step): readonly EntityRef[] {
  if (after === null) return [];
  const entity = isUsageKind(kind) ? entitiesOf(planned, kind).get(id) : undefined;
  const uses = isUsageKind(kind) && entity ? usesOf(kind, entity) : [];
  const named = uses.map((use) => ({ ...use, name: nameOf(planned, use.kind, use.id) }));
  // A new experiment is exclusive or not by the setting, unless the file says it.
  return command === 'CreateExperiment' ? [...named, EXCLUSIVITY] : named;
}
