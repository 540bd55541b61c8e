import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { pathTo } from '../../api/kinds';
import { DiffDocument } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { Page } from '../../shell/page';
import { asOfOf, useProject } from '../../shell/project';
import { Badge, KindBadge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { FieldChanges } from '../../ui/field-changes';
import { Empty, Failed, Loading } from '../../ui/states';
import { exactTime } from '../../ui/time';
import { compareWords as text } from '../../words/ledger';
import { words } from '../../words/words';

const DAY_MS = 86_400_000;

export function Compare() {
  const [address, setAddress] = useAddress();
  const [from, setFrom] = useState(address['from'] ?? new Date(Date.now() - DAY_MS).toISOString());
  const [to, setTo] = useState(address['to'] ?? '');
  const run = (event: FormEvent) => {
    event.preventDefault();
    setAddress({ from: from.trim(), to: to.trim() });
  };
  return (
    <Page title={text.title} lead={text.lead}>
      <form className="toolbar compare-form" onSubmit={run}>
        <Field label={text.from} mono value={from} onChange={setFrom} />
        <Field label={text.to} mono value={to} onChange={setTo} placeholder={text.now} />
        <Button type="submit" tone="primary">
          {text.run}
        </Button>
        <span className="quiet small">{text.hint}</span>
      </form>
      {address['from'] === undefined ? null : <Differences from={address['from']} to={address['to']} />}
    </Page>
  );
}

function Differences({ from, to }: { from: string; to: string | undefined }) {
  const { id: project } = useProject();
  const [now] = useState(() => new Date().toISOString());
  const { data, error, refetch, fetchMore } = useQuery(DiffDocument, {
    variables: { project, from: asOfOf(from) ?? { time: now }, to: asOfOf(to) ?? { time: now } },
  });
  const diff = data?.diff;
  if (diff === undefined || diff === null) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const after = diff.pageInfo.hasNextPage ? diff.pageInfo.endCursor : undefined;
  return (
    <div className="stack">
      <p className="quiet">
        {text.count(diff.totalCount)} · {exactTime(diff.fromTime)} – {exactTime(diff.toTime)}
      </p>
      {diff.nodes.length === 0 ? (
        <div className="panel">
          <Empty title={text.same} />
        </div>
      ) : (
        <ol className="panel rows">
          {diff.nodes.map(({ entity, change, changes }) => (
            <li key={entity.nodeId}>
              <KindBadge kind={entity.kind} />
              <div className="grow stack tight">
                <Link {...pathTo(project, entity.kind, entity.nodeId)} className="open sentence">
                  {entity.name}
                </Link>
                <FieldChanges changes={changes} />
              </div>
              <Badge>{text.changes[change]}</Badge>
            </li>
          ))}
        </ol>
      )}
      {typeof after === 'string' ? <Button onPress={() => void fetchMore({ variables: { after } })}>{words.more}</Button> : null}
    </div>
  );
}
