import { useQuery } from '@apollo/client/react';
import { operate, type Outcome } from '../../api/command';
import {
  DiscardReadModelsDocument,
  ReadModelsDocument,
  RebuildReadModelsDocument,
  RollBackReadModelsDocument,
  UnparkProjectDocument,
} from '../../generated/operations';
import { Badge, statusText } from '../../ui/badge';
import { Button } from '../../ui/button';
import { PageHead } from '../../ui/page-head';
import { Failed, Loading } from '../../ui/states';
import { Ago } from '../../ui/time';
import { toast } from '../../ui/toasts';
import { readModelWords as text } from '../../words/operators';
import { useWhyNotEverywhere } from './frame';

const POLL_MS = 3_000;

/** How what is shown is made from the ledger, and what can be done about it. */
export function ReadModels() {
  const { data, error, refetch } = useQuery(ReadModelsDocument, { fetchPolicy: 'cache-and-network', pollInterval: POLL_MS });
  const why = useWhyNotEverywhere('OPERATE');
  const act = async (asked: Promise<Outcome<unknown>>, done: string) => {
    const ended = await asked;
    if (ended.type === 'refused') toast(ended.refused.message);
    else toast(ended.type === 'unknown' ? ended.message : done);
    void refetch();
  };
  const models = data?.readModels;
  return (
    <>
      <PageHead title={text.title} lead={text.lead}>
        <Button why={why} onPress={() => void act(operate(RollBackReadModelsDocument), text.rolledBack)}>
          {text.rollBack}
        </Button>
        <Button why={why} onPress={() => void act(operate(DiscardReadModelsDocument), text.discarded)}>
          {text.discard}
        </Button>
        <Button why={why} tone="primary" onPress={() => void act(operate(RebuildReadModelsDocument), text.rebuilding)}>
          {text.rebuild}
        </Button>
      </PageHead>
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
            <dd>{statusText(models.state)}</dd>
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
                  <Button small why={why} onPress={() => void act(operate(UnparkProjectDocument, { projectId }), text.unparked)}>
                    {text.unpark}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </>
  );
}
