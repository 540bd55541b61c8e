import type { Segment } from '../src/domain/segment';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { byArchived, entityProjection, type DocumentOf } from './entity-projection';

/** A named rule that says which users. */
export type SegmentDocument = DocumentOf<Segment>;

export const segments = entityProjection<Segment>({
  collection: 'segments',
  kind: 'segment',
  alone: (segment, id) => ({ ...EMPTY_PROJECT, segments: EMPTY_PROJECT.segments.set(id, segment) }),
  find: (state, id) => state.segments.get(id),
  standing: byArchived,
});
