import { useState } from 'react';
import { send, type Refused } from '../../api/command';
import { DisableExclusivityDocument, EnableExclusivityDocument, type ExclusivityRowFragment } from '../../generated/operations';
import { useReadOnly } from '../../shell/project';
import { SwitchField } from '../../ui/check';
import { toast } from '../../ui/toasts';
import { RefusedDialog } from '../../ui/use-archiving';
import { settingsWords as text } from '../../words/setup';
import { words } from '../../words/words';

/** One switch for the whole project, with what it will and will not change. */
export function ExclusivitySetting({ exclusivity }: { exclusivity: ExclusivityRowFragment }) {
  const { projectId, enabled } = exclusivity;
  const readOnly = useReadOnly();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused>();
  const change = async (on: boolean) => {
    setBusy(true);
    const ended = await send(on ? EnableExclusivityDocument : DisableExclusivityDocument, { projectId });
    setBusy(false);
    if (ended.type === 'refused') setRefused(ended.refused);
    else if (ended.type === 'unknown') toast(ended.message);
    else toast(ended.type === 'accepted' ? words.accepted : on ? text.on : text.isOff);
  };
  return (
    <section className="card" aria-label={text.exclusivity}>
      <h2>{text.exclusivity}</h2>
      <p className="prose">{text.exclusivityLead}</p>
      <SwitchField checked={enabled} disabled={busy || readOnly !== undefined} onChange={(on) => void change(on)}>
        {text.exclusivityLabel}
      </SwitchField>
      <ul className="quiet prose">
        <li>{enabled ? text.changes : text.off}</li>
        <li>{text.staysSame}</li>
      </ul>
      {refused === undefined ? null : <RefusedDialog title={words.notDone} refused={refused} onClose={() => setRefused(undefined)} />}
    </section>
  );
}
