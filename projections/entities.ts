import type { Config } from '../src/domain/config';
import { EMPTY_ALONE } from '../src/domain/decider';
import type { EntityKind } from '../src/domain/event';
import { EXCLUSIVITY } from '../src/domain/exclusivity';
import type { Experiment } from '../src/domain/experiment-state';
import type { Flag } from '../src/domain/flag';
import type { Goal } from '../src/domain/goal';
import type { Holdout } from '../src/domain/holdout';
import type { Key } from '../src/domain/key';
import type { Project } from '../src/domain/project';
import { entitiesOf, PLURALS, withEntity, type EntityOf, type PluralKind } from '../src/domain/project-state';
import type { Segment } from '../src/domain/segment';
import type { ProjectionOf } from '../src/read-model/projection';
import type { IndexEntry } from '../src/read-model/read-model';
import { byArchived, byStatus, entityProjection, type DocumentOf, type EntityDraft } from './entity-projection';
import { exclusivity } from './exclusivity';
import type { Stamp } from './stamp';

/** The project itself. Its stamp is that of its own events; how far the project's ledger goes, the checkpoint says. */
export type ProjectDocument = DocumentOf<Project>;

export const projects = entityProjection<Project>({
  collection: 'projects',
  kind: 'project',
  alone: (project) => ({ ...EMPTY_ALONE, project }),
  find: (state) => state.project,
  standing: () => ({ archived: false }),
});

/** A key; its id is its name (K1). */
export type KeyDocument = DocumentOf<Key>;
/** A named rule that says which users. */
export type SegmentDocument = DocumentOf<Segment>;
/** An event which counts as a conversion. */
export type GoalDocument = DocumentOf<Goal>;
/** One key with a value for some users, whether it is served or not. */
export type FlagDocument = DocumentOf<Flag>;
/** Several keys with values per segment, whether it is served or not. */
export type ConfigDocument = DocumentOf<Config>;
/** A share of users who get no values from experiments (X8). */
export type HoldoutDocument = DocumentOf<Holdout>;
/** An A/B test, with the audience and the holdouts that it started with (S3, X8). */
export type ExperimentDocument = DocumentOf<Experiment>;

/** The projection of what a project has many of. */
const ofKind = <E extends EntityOf<PluralKind>>(
  kind: PluralKind,
  standing: (entity: E) => Pick<IndexEntry, 'archived' | 'status'>,
): ProjectionOf<DocumentOf<E>, EntityDraft> =>
  entityProjection<E>({
    collection: PLURALS[kind],
    kind,
    alone: (entity, id) => withEntity(EMPTY_ALONE, kind, id, entity),
    find: (state, id) => entitiesOf(state, kind).get(id) as E | undefined,
    standing,
  });

/** One for each kind of which a project has many. */
export const ENTITY_PROJECTIONS = {
  key: ofKind<Key>('key', byArchived),
  segment: ofKind<Segment>('segment', byArchived),
  goal: ofKind<Goal>('goal', byArchived),
  flag: ofKind<Flag>('flag', byStatus),
  config: ofKind<Config>('config', byStatus),
  experiment: ofKind<Experiment>('experiment', byStatus),
  holdout: ofKind<Holdout>('holdout', byStatus),
} as const satisfies { readonly [Kind in PluralKind]: ProjectionOf<DocumentOf<EntityOf<Kind>>, EntityDraft> };

export const {
  key: keys,
  segment: segments,
  goal: goals,
  flag: flags,
  config: configs,
  experiment: experiments,
  holdout: holdouts,
} = ENTITY_PROJECTIONS;

/** A document of whatever kind. */
export type AnyDocument = Stamp & { readonly name?: string };

/** Where the documents of each kind of thing are. */
export const DOCUMENTS: { readonly [kind in EntityKind]: ProjectionOf<AnyDocument> } = {
  project: projects,
  exclusivity,
  ...ENTITY_PROJECTIONS,
};

/** What the thing is called: the setting, of which there is one, has its name from the domain. */
export function nameOf({ name = EXCLUSIVITY.name }: { readonly name?: string }): string {
  return name;
}
