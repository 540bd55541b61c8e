import { targetOf } from '../../api/target';
import { DescriptionField } from '../../form/description-field';
import { changed } from '../../form/draft';
import { Editing } from '../../form/editing';
import { FormDrawer } from '../../form/form-drawer';
import { useForm } from '../../form/use-form';
import { useReviewedSaving } from '../../form/use-saving';
import { EditKeyDocument, OneKeyDocument, type KeyRowFragment, type KeyUsesFragment } from '../../generated/operations';
import { useReadOnly } from '../../shell/project';
import { actorName } from '../../ui/actor-name';
import { TypeBadge } from '../../ui/badge';
import { UsedBy } from '../../ui/usages';
import { ValueField } from '../../value/value-field';
import { textOf, valueOf } from '../../value/value-text';
import { keyWords } from '../../words/setup';
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

function EditKey({ thing, onClose, refetch }: { thing: KeyRowFragment & KeyUsesFragment; onClose: () => void; refetch: () => unknown }) {
  const { name, type, version, usedBy, updatedBy } = thing;
  const values = { defaultValue: textOf(type, thing.defaultValue), description: thing.description };
  const form = useForm(`key:${thing.projectId}:${name}`, { values, by: actorName(updatedBy) });
  const saving = useReviewedSaving(form, onClose, refetch);
  const readOnly = useReadOnly();

  const save = () => {
    const { value, problem } = valueOf(type, form.values.defaultValue);
    if (problem !== undefined) return form.setProblems([{ path: 'defaultValue', message: problem }]);
    if (!form.dirty) return onClose();
    const { defaultValue, description } = changed(form.draft);
    const input = {
      ...targetOf(thing),
      expectedVersion: version,
      ...(defaultValue === undefined ? {} : { defaultValue: value }),
      ...(description === undefined ? {} : { description }),
    };
    void saving.save(EditKeyDocument, input, { inUse: usedBy.length > 0, done: words.saved(name) });
  };
  return (
    <FormDrawer title={name} form={form} labels={labels} saving={saving} readOnly={readOnly} onSave={save} onClose={onClose}>
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
      <DescriptionField form={form} label={keyWords.description} />
      <UsedBy usages={usedBy} />
      {saving.review}
    </FormDrawer>
  );
}
