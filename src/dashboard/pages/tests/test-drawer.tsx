import { useQuery } from '@apollo/client/react';
import { useMemo, useState } from 'react';
import { send } from '../../api/command';
import type { Problem } from '../../api/problem';
import { targetOf } from '../../api/target';
import { changed } from '../../form/draft';
import { Editing } from '../../form/editing';
import { useForm } from '../../form/use-form';
import { useReviewedSaving, useSaving } from '../../form/use-saving';
import {
  CreateExperimentDocument,
  EditExperimentDocument,
  OneExperimentDocument,
  SettingsDocument,
  type ExperimentRowFragment,
} from '../../generated/operations';
import { useProject } from '../../shell/project';
import { actorName } from '../../ui/actor-name';
import { Drawer } from '../../ui/overlay';
import { Loading } from '../../ui/states';
import type { Types } from '../../value/key-values';
import { testWords as text } from '../../words/experiences';
import { words } from '../../words/words';
import { useKeys } from '../choices';
import { emptyTest, readTest, TEST_PLACES, testInput } from './test-fields';
import { TestForm } from './test-form';

export function TestDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  if (id === 'new') return <NewTest onClose={onClose} />;
  return (
    <Editing document={OneExperimentDocument} id={id} onClose={onClose}>
      {(test, refetch) => <EditTest thing={test} onClose={onClose} refetch={refetch} />}
    </Editing>
  );
}

/** Begins with what the project's setting asks of every new test. */
function NewTest({ onClose }: { onClose: () => void }) {
  const { id: project } = useProject();
  const { data } = useQuery(SettingsDocument, { variables: { project } });
  const enabled = data?.project?.exclusivity.enabled;
  if (enabled !== undefined) return <NewTestForm forced={enabled} onClose={onClose} />;
  return (
    <Drawer title={text.createTitle} wide onClose={onClose}>
      <Loading />
    </Drawer>
  );
}

function NewTestForm({ forced, onClose }: { forced: boolean; onClose: () => void }) {
  const { id: projectId } = useProject();
  const keys = useKeys();
  const [values] = useState(() => emptyTest(forced));
  const form = useForm(`test:${projectId}:new`, { values }, TEST_PLACES);
  const saving = useSaving(form, onClose);
  const save = () => {
    const problems: Problem[] = [];
    const { name } = form.values;
    const input = testInput(form.values, form.values, keys, problems);
    if (problems.length > 0) return form.setProblems(problems);
    const created = { ...input, projectId, name, keys: [...form.values.keys], variants: input.variants ?? [] };
    void saving.settle(send(CreateExperimentDocument, created), words.created(name));
  };
  return (
    <TestForm
      title={text.createTitle}
      saveText={text.createVerb}
      form={form}
      saving={saving}
      keys={keys}
      types={keys}
      forced={forced}
      onSave={save}
      onClose={onClose}
    />
  );
}

function EditTest({ thing, onClose, refetch }: { thing: ExperimentRowFragment; onClose: () => void; refetch: () => unknown }) {
  const keys = useKeys();
  const types: Types = useMemo(() => new Map([...keys, ...thing.keys.map((key) => [key.name, key] as const)]), [keys, thing.keys]);
  const values = useMemo(() => readTest(thing), [thing]);
  const form = useForm(`test:${thing.projectId}:${thing.id}`, { values, by: actorName(thing.updatedBy) }, TEST_PLACES);
  const saving = useReviewedSaving(form, onClose, refetch);
  const save = () => {
    const problems: Problem[] = [];
    const input = testInput(changed(form.draft), form.values, types, problems);
    if (problems.length > 0) return form.setProblems(problems);
    if (!form.dirty) return onClose();
    const edit = { ...targetOf(thing), expectedVersion: thing.version, ...input };
    void saving.save(EditExperimentDocument, edit, { inUse: thing.status === 'RUNNING', done: words.saved(form.values.name) });
  };
  return (
    <TestForm title={thing.name} form={form} saving={saving} thing={thing} keys={keys} types={types} onSave={save} onClose={onClose}>
      {saving.review}
    </TestForm>
  );
}
