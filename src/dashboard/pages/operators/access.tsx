import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { operate, type Outcome } from '../../api/command';
import {
  EndSessionDocument,
  EndSessionsOfDocument,
  SessionsDocument,
  SignInDocument,
  type SessionsQuery,
} from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { actorName } from '../../ui/actor-name';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { Ask } from '../../ui/overlay';
import { PageHead } from '../../ui/page-head';
import { Failed, Loading } from '../../ui/states';
import { Ago, exactTime } from '../../ui/time';
import { toast } from '../../ui/toasts';
import { accessWords as text } from '../../words/operators';
import { words } from '../../words/words';
import { useWhyNotEverywhere } from './frame';
import { NewToken } from './new-token';

type Session = SessionsQuery['sessions']['nodes'][number];
type Actor = Session['actor'];

/** Who is signed in, and who may be. */
export function Access() {
  const [address, setAddress] = useAddress();
  const { data, error, refetch, fetchMore } = useQuery(SessionsDocument, { fetchPolicy: 'cache-and-network' });
  const signIn = useQuery(SignInDocument).data?.server.signIn;
  const mayNotIssue = useWhyNotEverywhere('ISSUE_TOKENS');
  const mayNotEnd = useWhyNotEverywhere('END_SESSIONS');
  const [ending, setEnding] = useState<Actor>();
  const sessions = data?.sessions;
  const end = async (asked: Promise<Outcome<{ readonly count: number }>>) => {
    const ended = await asked;
    if (ended.type === 'done') toast(text.ended(ended.value.count));
    else if (ended.type !== 'accepted') toast(ended.type === 'refused' ? ended.refused.message : ended.message);
    void refetch();
  };
  return (
    <>
      <PageHead title={text.title} lead={text.lead}>
        <Button tone="primary" why={signIn === 'JWKS' ? text.provider : mayNotIssue} onPress={() => setAddress({ edit: 'new' })}>
          <Icon name="plus" />
          {text.token}
        </Button>
      </PageHead>
      <h2>{text.sessions}</h2>
      {sessions === undefined ? (
        error === undefined ? (
          <Loading />
        ) : (
          <Failed error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <ul className="panel rows" aria-label={text.sessions}>
          {sessions.nodes.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              why={mayNotEnd}
              onEnd={() => void end(operate(EndSessionDocument, { session: session.id }))}
              onEndAll={() => setEnding(session.actor)}
            />
          ))}
        </ul>
      )}
      {sessions?.pageInfo.hasNextPage === true ? (
        <Button onPress={() => void fetchMore({ variables: { after: sessions.pageInfo.endCursor } })}>{words.more}</Button>
      ) : null}
      {ending === undefined ? null : (
        <Ask
          title={text.endTitle(actorName(ending))}
          alert
          onClose={() => setEnding(undefined)}
          footer={
            <>
              <Button onPress={() => setEnding(undefined)}>{words.cancel}</Button>
              <Button
                tone="danger"
                onPress={() => {
                  setEnding(undefined);
                  void end(operate(EndSessionsOfDocument, { actor: ending.id }));
                }}
              >
                {text.endAll(actorName(ending))}
              </Button>
            </>
          }
        >
          <p className="prose">{text.endText}</p>
        </Ask>
      )}
      {address['edit'] === 'new' ? <NewToken onClose={() => setAddress({ edit: undefined })} /> : null}
    </>
  );
}

interface SessionRowProps {
  readonly session: Session;
  readonly why: string | undefined;
  readonly onEnd: () => void;
  readonly onEndAll: () => void;
}

function SessionRow({ session: { actor, by, roles, startedAt, endsAt, isCurrent }, why, onEnd, onEndAll }: SessionRowProps) {
  const name = actorName(actor);
  return (
    <li>
      <div className="grow">
        <span className="strong sentence">{name}</span> {name === actor.subject ? null : <code className="quiet">{actor.subject}</code>}{' '}
        {isCurrent ? <Badge tone="green">{text.current}</Badge> : null}
        <p className="quiet sentence">
          {roles.map(({ projectId, roles: held }) => (
            <span key={projectId} className="held">
              {held.map((role) => text.roles[role]).join(', ')} · {projectId === '*' ? text.everyProject : <code>{projectId}</code>}{' '}
            </span>
          ))}
        </p>
      </div>
      <span className="quiet small">
        {text.by[by]}, {text.since} <Ago at={startedAt} />
        <br />
        {text.until} {exactTime(endsAt)}
      </span>
      <span className="line">
        <Button small why={why} label={text.endOf(name)} onPress={onEnd}>
          {text.end}
        </Button>
        <Button small why={why} onPress={onEndAll}>
          {text.endAll(name)}
        </Button>
      </span>
    </li>
  );
}
