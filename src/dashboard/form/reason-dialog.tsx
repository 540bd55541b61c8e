import { useState } from 'react';
import type { Outcome } from '../api/command';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { NotDone } from '../ui/not-done';
import { Ask } from '../ui/overlay';
import { toast } from '../ui/toasts';
import { words } from '../words/words';

interface ReasonDialogProps {
  readonly title: string;
  readonly text: string;
  readonly verb: string;
  readonly danger?: boolean;
  readonly done: string;
  readonly run: (reason: string | undefined) => Promise<Outcome<unknown>>;
  readonly onClose: () => void;
}

/** Asked before something that users notice at once; the reason goes into the history. */
export function ReasonDialog({ title, text, verb, danger = false, done, run, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [last, setLast] = useState<Outcome<unknown>>();
  const confirm = async () => {
    setBusy(true);
    const ended = await run(reason.trim() === '' ? undefined : reason.trim());
    setBusy(false);
    setLast(ended);
    if (ended.type === 'refused' || ended.type === 'unknown') return;
    toast(ended.type === 'accepted' ? words.accepted : done);
    onClose();
  };
  return (
    <Ask
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button tone={danger ? 'danger' : 'primary'} disabled={busy} onPress={() => void confirm()}>
            {verb}
          </Button>
        </>
      }
    >
      <p className="prose">{text}</p>
      <Field label={words.reason} lines value={reason} onChange={setReason} />
      <NotDone ended={last} />
    </Ask>
  );
}
