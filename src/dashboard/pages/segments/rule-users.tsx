import { skipToken, useQuery } from '@apollo/client/react';
import { EstimateRuleDocument, type EstimateRuleQuery, type RuleInput } from '../../generated/operations';
import { useProject } from '../../shell/project';
import { estimateWords as text } from '../../words/estimates';

type Estimate = NonNullable<EstimateRuleQuery['estimate']>;

/** How many of the stored users a rule has; undefined while it is not known, or the rule is not whole yet. */
function useEstimate(rule: RuleInput | undefined): Estimate | undefined {
  const { id: project, asOf } = useProject();
  // Users are known as they are now, whatever past the page shows.
  const { data, previousData } = useQuery(
    EstimateRuleDocument,
    rule === undefined || asOf !== undefined ? skipToken : { variables: { project, rule } },
  );
  return rule === undefined ? undefined : ((data ?? previousData)?.estimate ?? undefined);
}

/** For a list. */
export function UsersCell({ rule }: { rule: RuleInput }) {
  const estimate = useEstimate(rule);
  if (estimate === undefined) return null;
  return (
    <span className="quiet" title={estimate.basis}>
      {shortText(estimate)}
    </span>
  );
}

/** For a form: with what it rests on. */
export function RuleUsers({ rule }: { rule: RuleInput | undefined }) {
  const estimate = useEstimate(rule);
  if (estimate === undefined) return null;
  const { matching, users, basis } = estimate;
  return (
    <p className="small" role="status">
      {matching === null ? null : (
        <span className="strong">
          {text.matching(text.share(matching.share, matching.low, matching.high), Math.round((users * matching.share) / 100))}{' '}
        </span>
      )}
      <span className="quiet">{basis}</span>
    </p>
  );
}

function shortText({ matching, users }: Estimate): string {
  if (users === 0) return text.none;
  return matching === null ? text.unknown : text.about(Math.round((users * matching.share) / 100));
}
