import type { Envelope } from '../src/domain/event';
import { EXCLUSIVITY } from '../src/domain/exclusivity';
import { apply, EMPTY_ALONE } from '../src/domain/decider';
import { foldName } from '../src/domain/text';
import type { Document } from '../src/read-model/read-model';
import { neverCreated, NONE, type ProjectionOf } from '../src/read-model/projection';
import { creationBy, stampOf, type Creation, type Stamp } from './stamp';

/** The project's setting "mutually exclusive A/B tests" (X1). There from the project's creation on: off, and at version 0. */
export type ExclusivityDocument = { readonly enabled: boolean } & Stamp;

const IDS: readonly string[] = [EXCLUSIVITY.id];
const NAME = foldName(EXCLUSIVITY.name);

interface Draft {
  /** undefined: the project has not been created yet. */
  readonly enabled: boolean | undefined;
  readonly creation: Creation | undefined;
  readonly last: Envelope | undefined;
}

export const exclusivity: ProjectionOf<ExclusivityDocument, Draft> = {
  collection: 'exclusivity',
  touches: (event) => (isOwn(event) || event.type === 'ProjectCreated' ? IDS : NONE),
  open: (document) => ({ enabled: document?.enabled, creation: document, last: undefined }),
  evolve({ enabled: before, creation }, event) {
    if (before === undefined && isOwn(event)) throw neverCreated(event, 'a setting of the project');
    const { exclusivity: enabled } = apply(before === undefined ? EMPTY_ALONE : { ...EMPTY_ALONE, exclusivity: before }, event);
    return { enabled, creation: creation ?? creationBy(event), last: event };
  },
  close({ enabled, creation, last }) {
    const document: ExclusivityDocument = { enabled: enabled!, ...stampOf(creation!, last!, isOwn(last!) ? last!.version : 0) };
    return document as ExclusivityDocument & Document;
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

/** An event of the setting, not the one that made the project. */
function isOwn({ entity }: Envelope): boolean {
  return entity.kind === EXCLUSIVITY.kind;
}
