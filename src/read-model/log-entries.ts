import type { Batch } from './read-model';

/** Throws if the batch has not one entry of the log for each revision that it moves the project by: a log with a gap answers wrongly for ever. */
export function assertDense({ projectId, expectedRevision, checkpoint, log }: Batch): void {
  const revisions = checkpoint.revision - expectedRevision;
  if (log.times.length === revisions) return;
  throw new RangeError(`a batch moves project ${projectId} by ${revisions} revisions, but has ${log.times.length} entries for its log`);
}
