import { useState } from 'react';
import type { PreviewedFragment } from '../generated/operations';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { FieldChanges } from '../ui/field-changes';
import { Ask } from '../ui/overlay';
import { Sentence } from '../ui/sentence';
import { UsedBy } from '../ui/usages';
import { reviewWords } from '../words/setup';
import { words } from '../words/words';

interface ReviewProps {
  readonly previewed: PreviewedFragment;
  readonly busy: boolean;
  readonly onConfirm: (reason: string | undefined) => void;
  readonly onClose: () => void;
}

/** Asked once before something in use is saved: what the ledger would change, what uses it, and why. */
export function Review({ previewed: { changes, usedBy }, busy, onConfirm, onClose }: ReviewProps) {
  const [reason, setReason] = useState('');
  return (
    <Ask
      title={reviewWords.title}
      wide
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{reviewWords.back}</Button>
          <Button tone="primary" disabled={busy} onPress={() => onConfirm(reason.trim() === '' ? undefined : reason.trim())}>
            {busy ? words.saving : reviewWords.confirm}
          </Button>
        </>
      }
    >
      <p className="note" data-tone="amber">
        {reviewWords.lead}
      </p>
      {changes.length === 0 ? <p>{reviewWords.nothing}</p> : null}
      {changes.map(({ sentence, changes: fields }, at) => (
        <div className="stack tight" key={at}>
          <p>
            <Sentence text={sentence} />
          </p>
          <FieldChanges changes={fields} />
        </div>
      ))}
      <UsedBy usages={usedBy} />
      <Field label={words.reason} value={reason} onChange={setReason} lines />
    </Ask>
  );
}
