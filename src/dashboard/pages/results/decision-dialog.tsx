import { useState } from 'react';
import { useCommand } from '../../api/command';
import { targetOf } from '../../api/target';
import { RecordDecisionDocument, type DecisionKind } from '../../generated/operations';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/choice';
import { Field } from '../../ui/field';
import { NotDone } from '../../ui/not-done';
import { Ask } from '../../ui/overlay';
import { toast } from '../../ui/toasts';
import { resultWords as text } from '../../words/results';
import { words } from '../../words/words';
import type { Results } from './plotted';

const KINDS = Object.entries(text.decided).map(([id, name]) => ({ id: id as DecisionKind, text: name }));

interface DecisionDialogProps {
  readonly id: string;
  /** What the page shows: the decision is made on these numbers, and refused if they are not the same any more. */
  readonly results: Results;
  readonly onClose: () => void;
}

/** Asks what was decided, and why. */
export function DecisionDialog({ id, results: { cursor, receivedUpTo, digest }, onClose }: DecisionDialogProps) {
  const [decision, setDecision] = useState<DecisionKind>();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const { run, busy, last } = useCommand(RecordDecisionDocument);
  const record = async () => {
    if (decision === undefined || reason.trim() === '') return setMissing(true);
    const ended = await run({ ...targetOf({ id }), decision, reason: reason.trim(), upTo: cursor, receivedUpTo, digest });
    if (ended.type === 'refused' || ended.type === 'unknown') return;
    toast(ended.type === 'accepted' ? words.accepted : text.recorded);
    onClose();
  };
  return (
    <Ask
      title={text.record}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button tone="primary" disabled={busy} onPress={() => void record()}>
            {text.record}
          </Button>
        </>
      }
    >
      <p className="prose">{text.recordLead}</p>
      <Choice
        label={text.decision}
        placeholder={text.choose}
        value={decision}
        options={KINDS}
        onChange={setDecision}
        error={missing && decision === undefined ? text.choose : undefined}
      />
      <Field label={text.why} lines value={reason} onChange={setReason} error={missing && reason.trim() === '' ? text.sayWhy : undefined} />
      <NotDone ended={last} />
    </Ask>
  );
}
