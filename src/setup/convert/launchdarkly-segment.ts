import { excerpt } from '../../domain/text';
import { allOf, anyOf, notOf, oneOf, USER_ID, type Condition, type Lose } from './condition';
import { conditionOf, propertyFor } from './launchdarkly-clause';
import type { Draft } from './draft';
import type { Segment } from './launchdarkly-format';
import * as members from './launchdarkly-members';

/** A segment's users: those included, and those of its rules who are not excluded. Undefined: it has no counterpart. */
export function segmentCondition(segments: readonly Segment[], key: string, path: string, draft: Draft, lose: Lose): Condition | undefined {
  const segment = segments.find((one) => one.key === key);
  if (segment === undefined) return void lose(path, `is for the segment "${excerpt(key)}", which the export does not have`);
  if (segment.unbounded === true) return void lose(path, `is for the big segment "${excerpt(key)}", whose users are kept elsewhere`);
  const unknown = [
    draft.leftOver(segment, `segments.items.${segments.indexOf(segment)}`, members.SEGMENT),
    ...(segment.rules ?? []).map((rule) => draft.leftOver(rule, path, members.SEGMENT_RULE)),
    ...(segment.rules ?? []).flatMap(({ clauses }) => clauses.map((clause) => draft.leftOver(clause, path, members.CLAUSE))),
    ...[...(segment.includedContexts ?? []), ...(segment.excludedContexts ?? [])].map((contexts) =>
      draft.leftOver(contexts, path, members.SEGMENT_CONTEXTS),
    ),
  ];
  if (unknown.includes(true)) return void lose(path, `is for the segment "${excerpt(key)}", which cannot be carried`);
  const rules = (segment.rules ?? []).map(({ clauses, weight }) => {
    if (weight !== undefined && weight !== null) return void lose(path, 'is for a segment of which a rule takes a percentage');
    const parts = clauses.map((clause) => {
      return clause.op === 'segmentMatch' ? void lose(path, 'is for a segment of segments') : conditionOf(clause, path, lose);
    });
    return parts.some((part) => part === undefined) ? undefined : allOf(parts as Condition[]);
  });
  if (rules.some((rule) => rule === undefined)) return undefined;
  const excluded = notOf(listed(segment.excluded, segment.excludedContexts));
  return anyOf([listed(segment.included, segment.includedContexts), allOf([anyOf(rules as Condition[]), excluded])]);
}

function listed(keys: readonly string[] = [], contexts: Segment['includedContexts'] = []): Condition {
  return anyOf([oneOf(USER_ID, keys), ...contexts.map(({ contextKind, values }) => oneOf(propertyFor('key', contextKind), values))]);
}
