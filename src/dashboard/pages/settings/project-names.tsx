import { send } from '../../api/command';
import { DescriptionField } from '../../form/description-field';
import { changed } from '../../form/draft';
import { useForm } from '../../form/use-form';
import { useSaving } from '../../form/use-saving';
import { EditProjectDocument, type ProjectRowFragment } from '../../generated/operations';
import { useReadOnly } from '../../shell/project';
import { actorName } from '../../ui/actor-name';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { settingsWords as text } from '../../words/setup';
import { shellWords, words } from '../../words/words';

export function ProjectNames({ project }: { project: ProjectRowFragment }) {
  const { id: projectId, name, description, version, updatedBy } = project;
  const readOnly = useReadOnly();
  const form = useForm(`project:${projectId}`, { values: { name, description }, by: actorName(updatedBy) });
  const { busy, outcome, settle } = useSaving(form, () => undefined);
  const save = () =>
    void settle(send(EditProjectDocument, { projectId, expectedVersion: version, ...changed(form.draft) }), words.saved(form.values.name));
  const message = outcome?.type === 'refused' ? outcome.refused.message : outcome?.type === 'unknown' ? outcome.message : undefined;
  return (
    <section className="card" aria-label={text.project}>
      <h2>{text.project}</h2>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field
          label={shellWords.projects.name}
          value={form.values.name}
          onChange={(value) => form.set('name', value)}
          error={form.errorAt('name') ?? message}
        />
        <DescriptionField form={form} label={shellWords.projects.description} />
        <div className="line">
          <Button type="submit" disabled={busy || !form.dirty} why={readOnly}>
            {busy ? words.saving : words.save}
          </Button>
        </div>
      </form>
    </section>
  );
}
