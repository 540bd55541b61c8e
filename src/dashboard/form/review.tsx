import { useState } from 'react';
import type { UsedFragment } from '../generated/operations';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Ask } from '../ui/overlay';
import { Sentence } from '../ui/sentence';
import { Usages } from '../ui/usages';
import { valueText } from '../ui/value';
import { reviewWords } from '../words/setup';
import { words } from '../words/words';

export interface ShownChange {
  readonly label: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface ReviewProps {
  readonly changes: readonly ShownChange[];
  readonly usages: readonly UsedFragment[];
  readonly busy: boolean;
  readonly onConfirm: (reason: string | undefined) => void;
  readonly onClose: () => void;
}

/** Asked once before something in use is saved: what changes, for whom, and why. */
export function Review({ changes, usages, busy, onConfirm, onClose }: ReviewProps) {
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
      {changes.map(({ label, before, after }) => (
        <div key={label}>
          <h3>{label}</h3>
          <dl className="facts">
            <dt>{reviewWords.from}</dt>
            <dd className="gone sentence">
              <Sentence text={shown(before)} />
            </dd>
            <dt>{reviewWords.to}</dt>
            <dd className="came sentence">
              <Sentence text={shown(after)} />
            </dd>
          </dl>
        </div>
      ))}
      {usages.length === 0 ? null : (
        <div className="stack tight">
          <h3>{reviewWords.usedBy}</h3>
          <Usages usages={usages} />
        </div>
      )}
      <Field label={words.reason} value={reason} onChange={setReason} lines />
    </Ask>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : valueText(value);
}
