import { useQuery } from '@apollo/client/react';
import { Link, useParams } from '@tanstack/react-router';
import { pathTo } from '../../api/kinds';
import { OneProjectDocument, ResultsDocument } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { Page } from '../../shell/page';
import { useProject } from '../../shell/project';
import { Empty, Failed, Loading } from '../../ui/states';
import { exactTime } from '../../ui/time';
import { resultWords as text } from '../../words/results';
import { Checks } from './checks';
import { Conclusions, VariantUsers } from './conclusions';
import { Decisions } from './decisions';
import { GoalResults } from './goal-results';
import { Moment } from './moment';
import type { Results } from './plotted';

/** Results reach to the last whole minute, so that they are asked for again after one. */
const POLL_MS = 60_000;

/** What a test shows: checks, then a conclusion in words, then its numbers. */
export function ResultsPage() {
  const { id: project } = useProject();
  const { test } = useParams({ strict: false }) as { test: string };
  const moment = useMoment();
  const id = `${project}/experiment/${test}`;
  const { data, previousData, error, refetch } = useQuery(ResultsDocument, {
    variables: { project, id, upTo: moment?.upTo, receivedUpTo: moment?.receivedUpTo },
    skip: moment === undefined,
    fetchPolicy: 'cache-and-network',
    pollInterval: moment?.fixed === false ? POLL_MS : 0,
  });
  const results = (data ?? previousData)?.experimentResults;
  const title = results?.name === undefined ? text.pageTitle : text.title(results.name);
  return (
    <Page title={title} {...(results ? { lead: lead(results) } : {})} actions={<Ways id={id} />}>
      {error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : results === undefined ? (
        <Loading />
      ) : results === null ? (
        <Empty title={text.gone} />
      ) : (
        <Shown id={id} results={results} />
      )}
    </Page>
  );
}

function Shown({ id, results }: { id: string; results: Results }) {
  return (
    <div className="stack wide-gap">
      <Checks checks={results.checks} />
      <Conclusions results={results} />
      <section className="stack" aria-label={text.goals}>
        <h2>{text.goals}</h2>
        {results.goals.map((goal) => (
          <GoalResults key={goal.entityId} goal={goal} results={results} />
        ))}
      </section>
      <VariantUsers results={results} />
      <Decisions id={id} results={results} />
      <Moment id={id} results={results} />
    </div>
  );
}

function lead({ startedAt, endedAt, days, closed }: Results): string {
  return [
    `${text.started} ${exactTime(startedAt)}`,
    endedAt === null ? text.runs : `${text.ended} ${exactTime(endedAt)}`,
    text.days(days),
    ...(closed ? [text.closed] : []),
  ].join(' · ');
}

function Ways({ id }: { id: string }) {
  const { id: project, at } = useProject();
  const { to, search } = pathTo(project, 'EXPERIMENT', id);
  return (
    <>
      <Link to={to} search={{ at } as never} className="button">
        {text.back}
      </Link>
      <Link to={to} search={{ ...search, at } as never} className="button">
        {text.setUp}
      </Link>
    </>
  );
}

/** Which results are meant: those of a cursor and a time in the address, of the point in the past that the page shows, or the newest. */
function useMoment() {
  const [{ upTo, received }] = useAddress();
  const { id: project, asOf } = useProject();
  const past = useQuery(OneProjectDocument, { variables: { project, asOf }, skip: asOf === undefined || upTo !== undefined });
  const then = asOf === undefined ? undefined : past.data?.project?.head;
  if (asOf !== undefined && upTo === undefined && then === undefined) return undefined;
  const receivedUpTo = received ?? (asOf?.time === undefined || asOf.time === null ? undefined : new Date(asOf.time).toISOString());
  return { upTo: upTo ?? then, receivedUpTo, fixed: (upTo ?? then ?? receivedUpTo) !== undefined };
}
