import { useQuery } from '@apollo/client/react';
import { HistoryDocument, type EntityKind, type EntryFragment } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { Page } from '../../shell/page';
import { useProject } from '../../shell/project';
import { Button } from '../../ui/button';
import { Failed, Loading, Empty } from '../../ui/states';
import { dayTitle } from '../../ui/time';
import { historyWords as text } from '../../words/ledger';
import { words } from '../../words/words';
import { Entry } from './entry';
import { HistoryFilters } from './filters';

/** What happened, by day; all filters stand in the address. */
export function History() {
  const { id: project, asOf } = useProject();
  const [address] = useAddress();
  const { data, previousData, error, refetch, fetchMore } = useQuery(HistoryDocument, {
    variables: { project, asOf, ...filtersOf(address) },
    fetchPolicy: 'cache-and-network',
  });
  const history = (data ?? previousData)?.project?.history;
  const after = history?.pageInfo.hasNextPage === true ? history.pageInfo.endCursor : undefined;
  return (
    <Page title={text.title} lead={text.lead}>
      <HistoryFilters />
      {history === undefined || history === null ? (
        error === undefined ? (
          <Loading />
        ) : (
          <Failed error={error} onRetry={() => void refetch()} />
        )
      ) : history.nodes.length === 0 ? (
        <div className="panel">
          <Empty title={text.none} />
        </div>
      ) : (
        <div className="stack">
          {byDay(history.nodes).map(([title, entries]) => (
            <section key={title} className="stack tight" aria-label={title}>
              <h2 className="day">{title}</h2>
              <ol className="panel rows">
                {entries.map((entry) => (
                  <Entry key={entry.cursor} entry={entry} />
                ))}
              </ol>
            </section>
          ))}
        </div>
      )}
      {history?.cutShort === true ? <p className="quiet">{text.cutShort}</p> : null}
      {typeof after === 'string' ? (
        <div className="under">
          <Button onPress={() => void fetchMore({ variables: { after } })}>{words.more}</Button>
        </div>
      ) : null}
    </Page>
  );
}

function filtersOf(address: Readonly<Record<string, string | undefined>>) {
  const { search, actor, since, until, kind, id } = address;
  return {
    ...(search ? { search } : {}),
    ...(actor ? { actor } : {}),
    ...(since ? { since: new Date(since).toISOString() } : {}),
    ...(until ? { until: new Date(until).toISOString() } : {}),
    ...(kind ? { entity: { kind: kind as EntityKind, ...(id ? { id } : {}) } } : {}),
  };
}

function byDay(entries: readonly EntryFragment[]): readonly (readonly [string, readonly EntryFragment[]])[] {
  const days = new Map<string, EntryFragment[]>();
  for (const entry of entries) {
    const title = dayTitle(entry.occurredAt);
    days.set(title, [...(days.get(title) ?? []), entry]);
  }
  return [...days];
}
