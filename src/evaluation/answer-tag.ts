import { canonical, sha256 } from '../domain/json';
import { overridesInForce } from './served-experiment';
import type { Ruleset } from './ruleset';
import type { Subject } from './subject';

/** What an answer depends on beside ruleset and subject. */
export interface Answered {
  /** The body of the request as it was sent: it has the user's id and all that the request says of the user. */
  readonly body: string;
  /** The version of the user's assignments after this request. */
  readonly assignmentVersion: number;
  readonly unstored: boolean;
}

/**
 * The ETag of an answer (V5): two answers with the same tag have the same bytes. It covers the whole context, and what is stored of the user only
 * where that can matter, so that an answer which depends on nothing stored keeps its tag whatever the user does.
 */
export function answerTag(ruleset: Ruleset, subject: Subject, { body, assignmentVersion, unstored }: Answered): string {
  const { record, userId } = subject;
  const { facts, assignments, hour } = ruleset.dependsOn;
  // Each part is without a line break but the last, so no two lists of parts are the same text.
  const parts: unknown[] = [ruleset.digest, ruleset.servingRevision, unstored];
  if (userId !== undefined) {
    parts.push(facts ? record.factsVersion : '-', assignments ? assignmentVersion : '-', hour ? subject.hour : '-');
    parts.push(facts ? unfilled(ruleset, subject) : '-', record.overrides.length > 0 ? overrides(ruleset, subject) : '-');
  }
  return sha256(`${parts.join('\n')}\n${body}`);
}

/** The end of a counter's fill changes answers, but not the user's `factsVersion`, so it is part of the tag by itself. */
function unfilled({ counters }: Ruleset, { record }: Subject): string {
  let ids = '';
  for (const id of counters.keys()) {
    const counter = record.counters.get(id);
    if (counter === undefined || counter.countingSince !== undefined) ids += ` ${id}`;
  }
  return ids;
}

/** With the drafts that they are about, which the serving digest leaves out. */
function overrides(ruleset: Ruleset, subject: Subject): string {
  const inForce = overridesInForce(ruleset, subject).map((override) => {
    const { status, keys, variants } = ruleset.source.experiments.get(override.experiment)!;
    return [override, status === 'DRAFT' ? [keys, variants] : null];
  });
  return canonical(inForce);
}
