import { useState } from 'react';
import { send } from '../../api/command';
import { targetOf } from '../../api/target';
import { changed } from '../../form/draft';
import { Editing } from '../../form/editing';
import { FormDrawer } from '../../form/form-drawer';
import { Review } from '../../form/review';
import { useForm } from '../../form/use-form';
import { useSaving } from '../../form/use-saving';
import { EditKeyDocument, OneKeyDocument, type KeyRowFragment } from '../../generated/operations';
import { useReadOnly } from '../../shell/project';
import { actorName } from '../../ui/actor-name';
import { TypeBadge } from '../../ui/badge';
import { Field } from '../../ui/field';
import { Usages } from '../../ui/usages';
import { ValueField } from '../../value/value-field';
import { textOf, valueOf } from '../../value/value-text';
import { keyWords, reviewWords } from '../../words/setup';
import { words } from '../../words/words';
import { NewKey } from './new-key';

export function KeyDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  if (id === 'new') return <NewKey onClose={onClose} />;
  return (
    <Editing document={OneKeyDocument} id={id} onClose={onClose}>
      {(key, refetch) => <EditKey thing={key} onClose={onClose} refetch={refetch} />}
    </Editing>
  );
}

const labels = { defaultValue: keyWords.value, description: keyWords.description };

function EditKey({ thing, onClose, refetch }: { thing: KeyRowFragment; onClose: () => void; refetch: () => unknown }) {
  const { name, type, version, usedBy, updatedBy } = thing;
  const values = { defaultValue: textOf(type, thing.defaultValue), description: thing.description };
  const form = useForm(`key:${thing.projectId}:${name}`, { values, by: actorName(updatedBy) });
  const { busy, outcome, settle } = useSaving(form, onClose, refetch);
  const [reviewing, setReviewing] = useState(false);
  const readOnly = useReadOnly();

  const submit = (reason?: string) => {
    const { defaultValue, description } = changed(form.draft);
    const read = valueOf(type, form.values.defaultValue);
    const input = {
      ...targetOf(thing),
      expectedVersion: version,
      ...(reason === undefined ? {} : { reason }),
      ...(defaultValue === undefined ? {} : { defaultValue: read.value }),
      ...(description === undefined ? {} : { description }),
    };
    void settle(send(EditKeyDocument, input), words.saved(name)).then(() => setReviewing(false));
  };
  const save = () => {
    const { problem } = valueOf(type, form.values.defaultValue);
    if (problem !== undefined) form.setProblems([{ path: 'defaultValue', message: problem }]);
    else if (!form.dirty) onClose();
    else if (usedBy.length > 0 && changed(form.draft).defaultValue !== undefined) setReviewing(true);
    else submit();
  };
  return (
    <FormDrawer title={name} form={form} labels={labels} busy={busy} outcome={outcome} readOnly={readOnly} onSave={save} onClose={onClose}>
      <div className="line">
        <TypeBadge type={type} />
      </div>
      <ValueField
        label={keyWords.value}
        hint={keyWords.valueHint}
        type={type}
        text={form.values.defaultValue}
        onChange={(text) => form.set('defaultValue', text)}
        error={form.errorAt('defaultValue')}
      />
      <Field
        label={keyWords.description}
        lines
        value={form.values.description}
        onChange={(text) => form.set('description', text)}
        error={form.errorAt('description')}
      />
      {usedBy.length === 0 ? null : (
        <div className="stack tight">
          <h3>{reviewWords.usedBy}</h3>
          <Usages usages={usedBy} />
        </div>
      )}
      {reviewing ? (
        <Review
          changes={[{ label: keyWords.value, before: values.defaultValue, after: form.values.defaultValue }]}
          usages={usedBy}
          busy={busy}
          onConfirm={submit}
          onClose={() => setReviewing(false)}
        />
      ) : null}
    </FormDrawer>
  );
}
