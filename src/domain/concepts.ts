import { config } from './config';
import type { EntityKind } from './event';
import { exclusivity } from './exclusivity';
import { experiment } from './experiment';
import { flag } from './flag';
import { goal } from './goal';
import { holdout } from './holdout';
import { key } from './key';
import { project } from './project';
import { segment } from './segment';

/** Every concept, by the kind of thing that it is about. */
export const CONCEPTS = { project, key, segment, goal, exclusivity, flag, config, experiment, holdout } as const satisfies {
  readonly [Kind in EntityKind]: { readonly kind: Kind };
};

type Concepts = typeof CONCEPTS;

/** What there is of a thing, as it was at some version: of what a document says, that which commands can change. */
export type ContentOf<Kind extends EntityKind> = Parameters<Concepts[Kind]['revert']>[2];

/** The kinds of which one can be archived. */
export type ArchivableKind = { [Kind in EntityKind]: Concepts[Kind] extends { readonly archive: unknown } ? Kind : never }[EntityKind];
