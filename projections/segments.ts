import type { Segment } from '../src/domain/segment';
import { NOTHING } from '../src/domain/project';
import { byArchived, entityProjection, type DocumentOf } from './entity-projection';

/** A named rule that says which users. */
export type SegmentDocument = DocumentOf<Segment>;

export const segments = entityProjection<Segment>({
  collection: 'segments',
  kind: 'segment',
  alone: (segment, id) => ({ ...NOTHING, segments: NOTHING.segments.set(id, segment) }),
  find: (state, id) => state.segments.get(id),
  standing: byArchived,
});
