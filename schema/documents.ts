import { ENTITY_PROJECTIONS } from '../projections/entities';
import { exclusivity } from '../projections/exclusivity';
import type { ProjectionOf } from '../projections/projection';
import { projects } from '../projections/projects';
import type { Stamp } from '../projections/stamp';
import type { EntityKind } from '../src/domain/event';
import { EXCLUSIVITY } from '../src/domain/exclusivity';

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
