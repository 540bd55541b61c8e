import { useMemo } from 'react';
import { send } from '../../api/command';
import type { Problem } from '../../api/problem';
import { targetOf } from '../../api/target';
import { changed } from '../../form/draft';
import { Editing } from '../../form/editing';
import { useForm } from '../../form/use-form';
import { useReviewedSaving, useSaving } from '../../form/use-saving';
import { CreateConfigDocument, EditConfigDocument, OneConfigDocument, type ConfigRowFragment } from '../../generated/operations';
import { useProject } from '../../shell/project';
import type { Types } from '../../value/key-values';
import { configWords as text } from '../../words/experiences';
import { words } from '../../words/words';
import { useKeys, useSegmentOptions } from '../choices';
import { configRows, readConfig, type ConfigFields } from './config-fields';
import { ConfigForm } from './config-form';
import { actorName } from '../../ui/actor-name';

export function ConfigDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  if (id === 'new') return <NewConfig onClose={onClose} />;
  return (
    <Editing document={OneConfigDocument} id={id} onClose={onClose}>
      {(config, refetch) => <EditConfig thing={config} onClose={onClose} refetch={refetch} />}
    </Editing>
  );
}

const EMPTY: ConfigFields = { name: '', description: '', keys: [], rows: [] };

function NewConfig({ onClose }: { onClose: () => void }) {
  const { id: projectId } = useProject();
  const keys = useKeys();
  const segments = useSegmentOptions();
  const form = useForm(`config:${projectId}:new`, { values: EMPTY });
  const saving = useSaving(form, onClose);
  const save = () => {
    const problems: Problem[] = [];
    const { name, description, keys: chosen } = form.values;
    const rows = configRows(form.values, keys, problems);
    if (problems.length > 0) form.setProblems(problems);
    else void saving.settle(send(CreateConfigDocument, { projectId, name, description, keys: [...chosen], rows }), words.created(name));
  };
  return (
    <ConfigForm
      title={text.createTitle}
      saveText={text.createVerb}
      form={form}
      saving={saving}
      keys={keys}
      types={keys}
      segments={segments}
      onSave={save}
      onClose={onClose}
    />
  );
}

function EditConfig({ thing, onClose, refetch }: { thing: ConfigRowFragment; onClose: () => void; refetch: () => unknown }) {
  const { status, updatedBy, version, name } = thing;
  const keys = useKeys();
  const types: Types = useMemo(() => new Map([...keys, ...thing.keys.map((key) => [key.name, key] as const)]), [keys, thing.keys]);
  const values = useMemo(() => readConfig(thing), [thing]);
  const segments = useSegmentOptions(thing.rows.map(({ segment }) => segment));
  const form = useForm(`config:${thing.projectId}:${thing.id}`, { values, by: actorName(updatedBy) });
  const saving = useReviewedSaving(form, onClose, refetch);
  const save = () => {
    const problems: Problem[] = [];
    const rows = configRows(form.values, types, problems);
    if (problems.length > 0) return form.setProblems(problems);
    if (!form.dirty) return onClose();
    const given = changed(form.draft);
    const input = {
      ...targetOf(thing),
      expectedVersion: version,
      ...(given.name === undefined ? {} : { name: given.name }),
      ...(given.description === undefined ? {} : { description: given.description }),
      ...(given.keys === undefined ? {} : { keys: [...given.keys] }),
      ...(given.rows === undefined && given.keys === undefined ? {} : { rows }),
    };
    void saving.save(EditConfigDocument, input, { inUse: status === 'LIVE', done: words.saved(form.values.name) });
  };
  return (
    <ConfigForm
      title={name}
      form={form}
      saving={saving}
      thing={thing}
      keys={keys}
      types={types}
      segments={segments}
      onSave={save}
      onClose={onClose}
    >
      {saving.review}
    </ConfigForm>
  );
}
