import { useState } from 'react';
import { send } from '../../api/command';
import { ApplySetupDocument, type PlanSetupQuery } from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { KindBadge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Sentence } from '../../ui/sentence';
import { toast } from '../../ui/toasts';
import { setupFileWords as text } from '../../words/ledger';
import { words } from '../../words/words';

type Planned = Extract<PlanSetupQuery['result'], { __typename: 'Plan' }>;

interface PlanProps {
  readonly plan: Planned;
  readonly setup: unknown;
  readonly prune: boolean;
  readonly onAgain: () => void;
}

/** What applying the file would do, and the button that does exactly that: a project that has moved since is planned again. */
export function Plan({ plan, setup, prune, onAgain }: PlanProps) {
  const { id: projectId } = useProject();
  const why = useReadOnly(...plan.rights);
  const [refused, setRefused] = useState<{ message: string; stale: boolean }>();
  const [busy, setBusy] = useState(false);
  const { steps, obstacles, cursor } = plan;
  const again = () => {
    setRefused(undefined);
    onAgain();
  };
  const apply = async () => {
    setBusy(true);
    const ended = await send(ApplySetupDocument, { projectId, setup, prune, plannedAt: cursor });
    setBusy(false);
    if (ended.type === 'refused') setRefused({ message: ended.refused.message, stale: ended.refused.code === 'STALE' });
    else if (ended.type === 'unknown') setRefused({ message: ended.message, stale: false });
    else {
      toast(ended.type === 'done' ? text.applied(ended.value.events) : words.accepted);
      again();
    }
  };
  return (
    <div className="stack tight">
      <h3>{steps.length === 0 ? text.nothing : text.steps(steps.length)}</h3>
      {steps.length === 0 ? null : (
        <ol className="panel rows">
          {steps.map(({ kind, name, command, sentence }, at) => (
            <li key={at}>
              <KindBadge kind={kind} />
              <span className="grow" title={`${command} ${name}`}>
                <Sentence text={sentence} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {obstacles.length === 0 ? null : (
        <div className="note stack tight" data-tone="red" role="alert">
          <h3>{text.obstacles}</h3>
          {obstacles.map(({ name, message, wayOut }) => (
            <p key={name + message} className="sentence">
              <strong>{name}</strong>: {message} {wayOut}
            </p>
          ))}
        </div>
      )}
      {refused === undefined ? null : (
        <div className="note line" data-tone="amber" role="alert">
          <span className="sentence">{refused.stale ? text.stale : refused.message}</span>
          <Button small onPress={again}>
            {text.plan}
          </Button>
        </div>
      )}
      <div>
        <Button tone="primary" why={why} disabled={busy || steps.length === 0 || obstacles.length > 0} onPress={() => void apply()}>
          {text.run}
        </Button>
      </div>
    </div>
  );
}
