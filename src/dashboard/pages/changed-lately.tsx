import { Link } from '@tanstack/react-router';
import type { OverviewQuery } from '../generated/operations';
import { useProject } from '../shell/project';
import { TextParts } from '../ui/text-parts';
import { Ago, minuteText } from '../ui/time';
import { shellWords } from '../words/words';

const text = shellWords.overview;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** When the week began that ends at this time: on the hour, so that what is asked for stays the same while the page is looked at. */
export function weekBefore(timeMs: number): string {
  return new Date(Math.floor((timeMs - WEEK_MS) / HOUR_MS) * HOUR_MS).toISOString();
}

type History = NonNullable<NonNullable<OverviewQuery['project']>['history']>;

/** The newest changes since a time, in the ledger's sentences, and the way to all of them. */
export function ChangedLately({ history: { nodes, totalCount }, since }: { history: History; since: string }) {
  const { id: project } = useProject();
  return (
    <section className="stack tight" aria-label={text.changed}>
      <h2>{text.changed}</h2>
      {nodes.length === 0 ? (
        <p className="quiet">{text.nothingChanged}</p>
      ) : (
        <div className="panel">
          <ol className="rows">
            {nodes.map(({ cursor, occurredAt, sentenceParts, reason }) => (
              <li key={cursor}>
                <div className="grow">
                  <TextParts parts={sentenceParts} />
                  {reason === null ? null : <p className="quiet sentence">“{reason}”</p>}
                </div>
                <span className="quiet">
                  <Ago at={occurredAt} />
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
      {totalCount !== null && totalCount > nodes.length ? (
        <p>
          <Link to={`/p/${encodeURIComponent(project)}/history`} search={{ since: minuteText(since) } as never}>
            {text.allChanged(totalCount)}
          </Link>
        </p>
      ) : null}
    </section>
  );
}
