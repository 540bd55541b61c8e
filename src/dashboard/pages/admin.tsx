import { useMutation, useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { failureText } from '../api/failure';
import {
  DiscardReadModelsDocument,
  ReadModelsDocument,
  RebuildReadModelsDocument,
  RollBackReadModelsDocument,
  UnparkProjectDocument,
} from '../generated/operations';
import { Foot } from '../shell/side';
import { Badge, statusText } from '../ui/badge';
import { Button } from '../ui/button';
import { Mark } from '../ui/icons';
import { Failed, Loading } from '../ui/states';
import { Ago } from '../ui/time';
import { toast } from '../ui/toasts';
import { adminWords as text } from '../words/ledger';
import { shellWords, words } from '../words/words';

const POLL_MS = 3_000;

export function Admin() {
  const { data, error, refetch } = useQuery(ReadModelsDocument, { fetchPolicy: 'cache-and-network', pollInterval: POLL_MS });
  const [rebuild] = useMutation(RebuildReadModelsDocument);
  const [rollBack] = useMutation(RollBackReadModelsDocument);
  const [discard] = useMutation(DiscardReadModelsDocument);
  const [unpark] = useMutation(UnparkProjectDocument);
  useEffect(() => {
    document.title = `${text.title} · ${words.brand}`;
  }, []);
  const act = (acting: Promise<unknown>, done: string) =>
    void acting.then(
      () => {
        toast(done);
        void refetch();
      },
      (failure: unknown) => toast(failureText(failure)),
    );
  const models = data?.readModels;
  return (
    <div className="shell">
      <nav className="side" aria-label={words.brand}>
        <Link to="/" className="brand">
          <Mark />
          {words.brand}
        </Link>
        <Link to="/" className="item" activeOptions={{ exact: true }}>
          {shellWords.pages.projects}
        </Link>
        <Foot />
      </nav>
      <main className="main stack">
        <header className="page-head">
          <div className="titles">
            <h1>{text.title}</h1>
            <p className="quiet">{text.lead}</p>
          </div>
          <div className="actions">
            <Button onPress={() => act(rollBack(), text.rolledBack)}>{text.rollBack}</Button>
            <Button onPress={() => act(discard(), text.discarded)}>{text.discard}</Button>
            <Button tone="primary" onPress={() => act(rebuild(), text.rebuilding)}>
              {text.rebuild}
            </Button>
          </div>
        </header>
        {models === undefined ? (
          error === undefined ? (
            <Loading />
          ) : (
            <Failed error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <>
            <dl className="facts">
              <dt>{text.state}</dt>
              <dd>{models.state}</dd>
              <dt>{text.behind}</dt>
              <dd>{models.behind}</dd>
              <dt>{text.leads}</dt>
              <dd>{models.leads ? text.yes : text.no}</dd>
            </dl>
            {models.buildFailure === null ? null : (
              <p className="note sentence" data-tone="red">
                {models.buildFailure}
              </p>
            )}
            <h2>{text.generations}</h2>
            <ul className="panel rows">
              {models.generations.map(({ id, state, done, total, madeAt }) => (
                <li key={id}>
                  <Badge tone={state === 'LIVE' ? 'green' : undefined}>{statusText(state)}</Badge>
                  <code className="grow">{id}</code>
                  <span className="quiet">
                    {state === 'BUILDING' ? `${done ?? 0} / ${total ?? 0} · ` : ''}
                    {text.made} <Ago at={madeAt} />
                  </span>
                </li>
              ))}
            </ul>
            <h2>{text.parked}</h2>
            {models.parked.length === 0 ? (
              <p className="quiet">{text.noneParked}</p>
            ) : (
              <ul className="panel rows">
                {models.parked.map(({ projectId, reason, message, revision }) => (
                  <li key={projectId}>
                    <Badge tone="red">{statusText(reason)}</Badge>
                    <div className="grow">
                      <code>
                        {projectId} @ {revision}
                      </code>
                      <p className="sentence">{message}</p>
                    </div>
                    <Button small onPress={() => act(unpark({ variables: { project: projectId } }), text.unparked)}>
                      {text.unpark}
                    </Button>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </main>
    </div>
  );
}
