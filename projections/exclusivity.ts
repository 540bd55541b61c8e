import { EXCLUSIVITY } from '../src/domain/exclusivity';
import { apply, NOTHING } from '../src/domain/project';
import { foldName } from '../src/domain/text';
import type { Document } from '../src/read-model/read-model';
import { neverCreated, NONE, type ProjectionOf } from './projection';
import { stampAfter, type Stamp } from './stamp';

/** The project's setting "mutually exclusive A/B tests" (X1). There from the project's creation on: off, and at version 0. */
export type ExclusivityDocument = { readonly enabled: boolean } & Stamp;

const IDS: readonly string[] = [EXCLUSIVITY.id];
const NAME = foldName(EXCLUSIVITY.name);

export const exclusivity: ProjectionOf<ExclusivityDocument> = {
  collection: 'exclusivity',
  touches: ({ entity, type }) => (entity.kind === EXCLUSIVITY.kind || type === 'ProjectCreated' ? IDS : NONE),
  evolve(document, event) {
    const own = event.entity.kind === EXCLUSIVITY.kind;
    if (own && !document) throw neverCreated(event, 'a setting of the project');
    const state = document ? { ...NOTHING, exclusivity: document.enabled } : NOTHING;
    const enabled = apply(state, event).exclusivity;
    return { enabled, ...stampAfter(document, event, own ? event.version : 0) } satisfies ExclusivityDocument as ExclusivityDocument &
      Document;
  },
  index: ({ createdRevision, updatedRevision }) => ({
    name: NAME,
    created: createdRevision,
    updated: updatedRevision,
    archived: false,
    text: NAME,
    tags: [],
  }),
};
