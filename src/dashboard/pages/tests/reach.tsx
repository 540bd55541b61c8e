import { useQuery } from '@apollo/client/react';
import { ReachOfUsersDocument, type ExperimentRowFragment, type ReachOfUsersQuery } from '../../generated/operations';
import { useProject } from '../../shell/project';
import { Ago } from '../../ui/time';
import { estimateWords as text } from '../../words/estimates';

type ReachOfUsers = NonNullable<ReachOfUsersQuery['reachOfUsers']>;

/** How many users a test has or would take; undefined while it is not known, and for one that has ended. */
export function useReach({ id, projectId, status }: ExperimentRowFragment): ReachOfUsers | undefined {
  const { asOf } = useProject();
  const skip = asOf !== undefined || (status !== 'DRAFT' && status !== 'RUNNING');
  const { data } = useQuery(ReachOfUsersDocument, { variables: { project: projectId, id }, skip, fetchPolicy: 'cache-and-network' });
  return data?.reachOfUsers ?? undefined;
}

const usersOf = ({ seenUsers, reached }: ReachOfUsers) => Math.round((seenUsers * (reached?.share ?? 0)) / 100);

/** How long the planned users take if users come as they did lately; undefined: nothing is known of users. */
export function plannedText({ reached, plannedUsers, expectedDays }: ReachOfUsers): string | undefined {
  if (reached === null) return undefined;
  return expectedDays === null ? text.never(plannedUsers) : text.planned(plannedUsers, Math.ceil(expectedDays));
}

/** How many of the users who were seen lately a test has or would take, and why not the others. */
export function Reach({ reach }: { reach: ReachOfUsers }) {
  const { reached, standings, seenDays, lastAssignedAt, basis } = reach;
  return (
    <section className="note stack tight" aria-label={text.reach}>
      <h3>{text.reach}</h3>
      {reached === null ? null : (
        <p>
          {text.reached(text.share(reached.share, reached.low, reached.high), usersOf(reach), seenDays)} {plannedText(reach)}
        </p>
      )}
      {standings.length === 0 ? null : (
        <dl className="facts">
          {standings.map(({ standing, inTheWay, users }) => (
            <div className="contents" key={`${standing} ${inTheWay?.entityId}`}>
              <dt>{inTheWay === null ? text.standings[standing] : text.inTheWay(inTheWay.name)}</dt>
              <dd>{text.share(users.share, users.low, users.high)}</dd>
            </div>
          ))}
          {lastAssignedAt === null ? null : (
            <div className="contents">
              <dt>{text.lastAssigned}</dt>
              <dd>
                <Ago at={lastAssignedAt} />
              </dd>
            </div>
          )}
        </dl>
      )}
      <p className="quiet small">{basis}</p>
    </section>
  );
}
