import { canonical, sha256 } from '../domain/json';
import { overridesInForce } from './override';
import type { Ruleset } from './ruleset';
import type { Subject } from './subject';

/** What an answer depends on beside ruleset and subject. */
export interface Answered {
  /** The body of the request as it was sent: it has the user's id and all that the request says of the user. */
  readonly body: string;
  /** After this request. */
  readonly assignmentVersion: number;
  readonly unstored: boolean;
}

/**
 * The ETag of an answer (V5): two answers with the same tag have the same bytes. It covers the whole context, and what is stored of the user only
 * where that can matter, so that an answer which depends on nothing stored keeps its tag whatever the user does.
 */
export function answerTag(ruleset: Ruleset, subject: Subject, { body, assignmentVersion, unstored }: Answered): string {
  const { record, userId } = subject;
  const parts: unknown[] = [ruleset.digest, ruleset.servingRevision, unstored, body];
  if (userId !== undefined) {
    if (ruleset.dependsOn.facts) parts.push(record.factsVersion, unfilled(ruleset, subject));
    if (ruleset.dependsOn.assignments) parts.push(assignmentVersion);
    if (ruleset.dependsOn.hour) parts.push(subject.hour);
    if (record.overrides.length > 0) parts.push(overrides(ruleset, subject));
  }
  return sha256(canonical(parts));
}

/** That a counter has been filled is no change of a user's facts. */
function unfilled({ counters }: Ruleset, { record }: Subject): readonly string[] {
  return [...counters.keys()].filter((id) => {
    const counter = record.counters.get(id);
    return counter === undefined || counter.countingSince !== undefined;
  });
}

/** With the drafts that they are about, which the serving digest leaves out. */
function overrides(ruleset: Ruleset, subject: Subject): unknown {
  return overridesInForce(ruleset, subject).map((override) => {
    const { status, keys, variants } = ruleset.source.experiments.get(override.experiment)!;
    return [override, status === 'DRAFT' ? [keys, variants] : null];
  });
}
