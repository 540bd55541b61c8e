import { useMemo } from 'react';
import { send } from '../../api/command';
import { targetOf } from '../../api/target';
import { changed } from '../../form/draft';
import { Editing } from '../../form/editing';
import { useForm } from '../../form/use-form';
import { useReviewedSaving, useSaving } from '../../form/use-saving';
import { CreateFlagDocument, EditFlagDocument, OneFlagDocument, type FlagRowFragment } from '../../generated/operations';
import { useProject } from '../../shell/project';
import { flagWords as text } from '../../words/experiences';
import { words } from '../../words/words';
import { useKeys, useSegmentOptions } from '../choices';
import { FLAG_PLACES, readFlag, rowsInput, type FlagFields } from './flag-fields';
import { FlagForm } from './flag-form';
import { actorName } from '../../ui/actor-name';

export function FlagDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  if (id === 'new') return <NewFlag onClose={onClose} />;
  return (
    <Editing document={OneFlagDocument} id={id} onClose={onClose}>
      {(flag, refetch) => <EditFlag thing={flag} onClose={onClose} refetch={refetch} />}
    </Editing>
  );
}

const EMPTY: FlagFields = { name: '', description: '', keyName: '', rows: [] };

function NewFlag({ onClose }: { onClose: () => void }) {
  const { id: projectId } = useProject();
  const keys = useKeys();
  const segments = useSegmentOptions();
  const form = useForm(`flag:${projectId}:new`, { values: EMPTY }, FLAG_PLACES);
  const saving = useSaving(form, onClose);
  const { name, description, keyName } = form.values;
  const key = keys.get(keyName);
  const save = () => {
    const { input: rows, problems } = rowsInput(form.values.rows, key?.type ?? 'JSON');
    if (problems.length > 0) form.setProblems(problems);
    else void saving.settle(send(CreateFlagDocument, { projectId, name, description, key: keyName, rows }), words.created(name));
  };
  return (
    <FlagForm
      title={text.createTitle}
      saveText={text.createVerb}
      form={form}
      saving={saving}
      type={key?.type}
      keys={[...keys.values()]}
      segments={segments}
      onSave={save}
      onClose={onClose}
    />
  );
}

function EditFlag({ thing, onClose, refetch }: { thing: FlagRowFragment; onClose: () => void; refetch: () => unknown }) {
  const { key, status, updatedBy, version, name } = thing;
  const values = useMemo(() => readFlag(thing), [thing]);
  const segments = useSegmentOptions(thing.rows.map(({ segment }) => segment));
  const form = useForm(`flag:${thing.projectId}:${thing.id}`, { values, by: actorName(updatedBy) }, FLAG_PLACES);
  const saving = useReviewedSaving(form, onClose, refetch);
  const save = () => {
    const { input: rows, problems } = rowsInput(form.values.rows, key.type);
    if (problems.length > 0) return form.setProblems(problems);
    if (!form.dirty) return onClose();
    const given = changed(form.draft);
    const input = {
      ...targetOf(thing),
      expectedVersion: version,
      ...(given.name === undefined ? {} : { name: given.name }),
      ...(given.description === undefined ? {} : { description: given.description }),
      ...(given.rows === undefined ? {} : { rows }),
    };
    void saving.save(EditFlagDocument, input, { inUse: status === 'LIVE', done: words.saved(form.values.name) });
  };
  return (
    <FlagForm title={name} form={form} saving={saving} type={key.type} thing={thing} segments={segments} onSave={save} onClose={onClose}>
      {saving.review}
    </FlagForm>
  );
}
