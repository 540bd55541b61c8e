import { useState } from 'react';
import { send, useCommand } from '../../api/command';
import { targetOf } from '../../api/target';
import { useForm } from '../../form/use-form';
import { useSaving } from '../../form/use-saving';
import { CreateHoldoutDocument, EndHoldoutDocument, type HoldoutRowFragment } from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { StatusBadge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Changed } from '../../ui/changed';
import { Field } from '../../ui/field';
import { NotDone } from '../../ui/not-done';
import { Ask } from '../../ui/overlay';
import { settingsWords as text } from '../../words/setup';
import { words } from '../../words/words';

export function Holdouts({ holdouts }: { holdouts: readonly HoldoutRowFragment[] }) {
  const active = holdouts.find(({ status }) => status === 'ACTIVE');
  const [ending, setEnding] = useState<HoldoutRowFragment>();
  const readOnly = useReadOnly();
  return (
    <section className="card" aria-label={text.holdouts}>
      <h2>{text.holdouts}</h2>
      <p className="prose">{text.holdoutLead}</p>
      {active === undefined ? <p className="quiet">{text.noHoldout}</p> : null}
      {holdouts.length === 0 ? null : (
        <ul className="rows">
          {holdouts.map((holdout) => (
            <li key={holdout.id}>
              <StatusBadge status={holdout.status} />
              <span className="grow strong sentence">{holdout.name}</span>
              <span>{text.share(holdout.share)}</span>
              <Changed thing={holdout} />
              {holdout.status === 'ACTIVE' ? (
                <Button small why={readOnly} onPress={() => setEnding(holdout)}>
                  {text.endHoldout}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {active === undefined && readOnly === undefined ? <NewHoldout /> : null}
      {ending === undefined ? null : <EndHoldout holdout={ending} onClose={() => setEnding(undefined)} />}
    </section>
  );
}

function NewHoldout() {
  const { id: projectId } = useProject();
  const form = useForm(`holdout:${projectId}:new`, { values: { name: '', share: '5' } });
  const { busy, outcome, settle } = useSaving(form, form.reset);
  const { name, share } = form.values;
  const start = () => void settle(send(CreateHoldoutDocument, { projectId, name, share: Number(share) }), words.created(name));
  const general =
    outcome?.type === 'refused' && form.problems.length === 0
      ? outcome.refused.message
      : outcome?.type === 'unknown'
        ? outcome.message
        : undefined;
  return (
    <form
      className="line"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Field label={text.holdoutName} value={name} onChange={(value) => form.set('name', value)} error={form.errorAt('name') ?? general} />
      <Field
        label={text.holdoutShare}
        hint={text.holdoutHint}
        value={share}
        onChange={(value) => form.set('share', value)}
        error={form.errorAt('share')}
      />
      <Button type="submit" disabled={busy}>
        {text.startHoldout}
      </Button>
    </form>
  );
}

function EndHoldout({ holdout, onClose }: { holdout: HoldoutRowFragment; onClose: () => void }) {
  const { run, busy, last } = useCommand(EndHoldoutDocument);
  const end = async () => {
    const ended = await run({ ...targetOf(holdout), expectedVersion: holdout.version });
    if (ended.type === 'done' || ended.type === 'accepted') onClose();
  };
  return (
    <Ask
      title={text.endTitle}
      alert
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button tone="danger" disabled={busy} onPress={() => void end()}>
            {text.endHoldout}
          </Button>
        </>
      }
    >
      <p>{text.endText}</p>
      <NotDone ended={last} />
    </Ask>
  );
}
