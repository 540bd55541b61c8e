import { useState } from 'react';
import { send, type Refused } from '../../api/command';
import { RevertDocument, type EntryFragment, type RefusedFragment } from '../../generated/operations';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Ask } from '../../ui/overlay';
import { toast } from '../../ui/toasts';
import { Usages } from '../../ui/usages';
import { historyWords as text } from '../../words/ledger';
import { words } from '../../words/words';

interface Obstacle {
  readonly message: string;
  readonly path: string;
  readonly usages: NonNullable<Refused['usages']>;
}
type CannotRevert = RefusedFragment & { readonly obstacles?: readonly Obstacle[] };

/** Brings a thing back to a version, or says everything that stands in the way. */
export function Revert({ entry, onClose }: { entry: EntryFragment; onClose: () => void }) {
  const { entity, version } = entry.event;
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ message: string; obstacles: readonly Obstacle[] }>();
  const revert = async () => {
    setBusy(true);
    const ended = await send(RevertDocument, {
      id: entity.nodeId ?? '',
      toVersion: version,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    setBusy(false);
    if (ended.type === 'unknown') setRefused({ message: ended.message, obstacles: [] });
    else if (ended.type === 'refused') {
      setRefused({ message: ended.refused.message, obstacles: (ended.refused as unknown as CannotRevert).obstacles ?? [] });
    } else {
      toast(ended.type === 'accepted' ? words.accepted : `${entity.name} ${text.reverted}`);
      onClose();
    }
  };
  return (
    <Ask
      title={text.revertTitle}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button tone="primary" disabled={busy} onPress={() => void revert()}>
            {text.revert}
          </Button>
        </>
      }
    >
      <p className="sentence">{text.revertText(entity.name, version)}</p>
      <Field label={words.reason} lines value={reason} onChange={setReason} />
      {refused === undefined ? null : (
        <div className="note stack tight" data-tone="red" role="alert">
          <p className="sentence">{refused.message}</p>
          {refused.obstacles.map(({ path, message, usages }) => (
            <div key={path + message}>
              <p className="sentence">{message}</p>
              <Usages usages={usages} />
            </div>
          ))}
        </div>
      )}
    </Ask>
  );
}
