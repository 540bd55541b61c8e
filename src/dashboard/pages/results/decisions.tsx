import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useMay, whyNot } from '../../api/may';
import { DecisionsDocument, type DecidedFragment } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { useProject } from '../../shell/project';
import { actorName } from '../../ui/actor-name';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Failed } from '../../ui/states';
import { exactTime } from '../../ui/time';
import { resultWords as text } from '../../words/results';
import { DecisionDialog } from './decision-dialog';
import type { Results } from './plotted';

type Decision = DecidedFragment['decisions'][number];

/** What was decided on the results, by whom and why, with the way to the numbers of the time. */
export function Decisions({ id, results }: { id: string; results: Results }) {
  const { id: project, asOf } = useProject();
  const { data, error, refetch } = useQuery(DecisionsDocument, { variables: { project, id, asOf }, fetchPolicy: 'cache-and-network' });
  const may = useMay('EXPERIMENT', id);
  const [recording, setRecording] = useState(false);
  const decisions = data?.project?.experiment?.decisions ?? [];
  return (
    <section className="card stack tight" aria-label={text.decisions}>
      <h2>{text.decisions}</h2>
      {error ? <Failed error={error} onRetry={() => void refetch()} /> : null}
      {decisions.length === 0 ? <p className="quiet">{text.undecided}</p> : null}
      <ul className="stack">
        {decisions.map((decision) => (
          <Decided key={decision.revision} decision={decision} digest={results.digest} />
        ))}
      </ul>
      {asOf === undefined ? (
        <div className="line">
          <Button small why={whyNot(may, 'RECORD_DECISION')} onPress={() => setRecording(true)}>
            {text.record}
          </Button>
        </div>
      ) : null}
      {recording ? <DecisionDialog id={id} results={results} onClose={() => setRecording(false)} /> : null}
    </section>
  );
}

function Decided({ decision: { decision, at, actor, reason, cursor, receivedUpTo, digest }, digest: shown }: DecidedProps) {
  const [{ upTo, received }, setAddress] = useAddress();
  const here = upTo === cursor && received === receivedUpTo;
  return (
    <li className="stack tight">
      <p className="line">
        <Badge>{text.decided[decision]}</Badge>
        <span className="sentence">{reason}</span>
      </p>
      <p className="line quiet small">
        {exactTime(at)}
        {actor === null ? null : ` · ${actorName(actor)}`}
        {here ? (
          <span>{digest === shown ? text.reproduced : text.notReproduced}</span>
        ) : (
          <Button small onPress={() => setAddress({ upTo: cursor, received: receivedUpTo })}>
            {text.itsNumbers}
          </Button>
        )}
      </p>
    </li>
  );
}

interface DecidedProps {
  readonly decision: Decision;
  /** Of the results that the page shows. */
  readonly digest: string;
}
