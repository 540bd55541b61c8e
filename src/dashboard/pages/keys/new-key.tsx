import { send } from '../../api/command';
import { DescriptionField } from '../../form/description-field';
import { FormDrawer } from '../../form/form-drawer';
import { useForm } from '../../form/use-form';
import { useSaving } from '../../form/use-saving';
import { CreateKeyDocument, type ValueType } from '../../generated/operations';
import { useProject } from '../../shell/project';
import { Segmented } from '../../ui/check';
import { Field, Labelled } from '../../ui/field';
import { ValueField } from '../../value/value-field';
import { firstText, valueOf } from '../../value/value-text';
import { keyWords } from '../../words/setup';
import { words } from '../../words/words';

const TYPES = (['BOOLEAN', 'STRING', 'NUMBER', 'JSON'] as const).map((id) => ({ id, text: id.toLowerCase() }));
const EMPTY = { name: '', type: 'BOOLEAN' as ValueType, defaultValue: firstText('BOOLEAN'), description: '' };

export function NewKey({ onClose }: { onClose: () => void }) {
  const { id: projectId } = useProject();
  const form = useForm(`key:${projectId}:new`, { values: EMPTY });
  const saving = useSaving(form, onClose);
  const { name, type, defaultValue, description } = form.values;

  const save = () => {
    const { value, problem } = valueOf(type, defaultValue);
    if (problem !== undefined) form.setProblems([{ path: 'defaultValue', message: problem }]);
    else void saving.settle(send(CreateKeyDocument, { projectId, name, type, description, defaultValue: value }), words.created(name));
  };
  return (
    <FormDrawer
      title={keyWords.createTitle}
      saveText={keyWords.createVerb}
      form={form}
      labels={{}}
      saving={saving}
      onSave={save}
      onClose={onClose}
    >
      <Field
        label={keyWords.name}
        hint={keyWords.nameHint}
        mono
        autoFocus
        value={name}
        onChange={(text) => form.set('name', text)}
        error={form.errorAt('name')}
      />
      <Labelled label={keyWords.type} hint={keyWords.typeHint}>
        <div>
          <Segmented
            label={keyWords.type}
            value={type}
            options={TYPES}
            onChange={(next) => {
              form.set('type', next);
              form.set('defaultValue', firstText(next));
            }}
          />
        </div>
      </Labelled>
      <ValueField
        label={keyWords.value}
        hint={keyWords.valueHint}
        type={type}
        text={defaultValue}
        onChange={(text) => form.set('defaultValue', text)}
        error={form.errorAt('defaultValue')}
      />
      <DescriptionField form={form} label={keyWords.description} />
    </FormDrawer>
  );
}
