import { useApolloClient } from '@apollo/client/react';
import { useNavigate } from '@tanstack/react-router';
import { send } from '../api/command';
import { DescriptionField } from '../form/description-field';
import { FormDrawer } from '../form/form-drawer';
import { useForm } from '../form/use-form';
import { useSaving } from '../form/use-saving';
import { CreateProjectDocument, ProjectsDocument } from '../generated/operations';
import { Field } from '../ui/field';
import { shellWords, words } from '../words/words';

const text = shellWords.projects;

export function NewProject({ onClose }: { onClose: () => void }) {
  const client = useApolloClient();
  const navigate = useNavigate();
  const form = useForm('project:new', { values: { projectId: '', name: '', description: '' } });
  const { projectId, name } = form.values;
  const open = () => {
    void client.refetchQueries({ include: [ProjectsDocument] });
    void navigate({ to: '/p/$project', params: { project: projectId } as never });
  };
  const saving = useSaving(form, open);
  return (
    <FormDrawer
      title={text.createTitle}
      saveText={text.createVerb}
      form={form}
      labels={{}}
      saving={saving}
      onSave={() => void saving.settle(send(CreateProjectDocument, form.values), words.created(name))}
      onClose={onClose}
    >
      <Field label={text.name} autoFocus value={name} onChange={(value) => form.set('name', value)} error={form.errorAt('name')} />
      <Field
        label={text.id}
        hint={text.idHint}
        mono
        value={projectId}
        onChange={(value) => form.set('projectId', value)}
        error={form.errorAt('projectId')}
      />
      <DescriptionField form={form} label={text.description} />
    </FormDrawer>
  );
}
