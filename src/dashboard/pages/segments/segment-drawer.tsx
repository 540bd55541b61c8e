import { useMemo, useState } from 'react';
import { send } from '../../api/command';
import { targetOf } from '../../api/target';
import { changed } from '../../form/draft';
import { Editing } from '../../form/editing';
import { useForm } from '../../form/use-form';
import { useReviewedSaving, useSaving } from '../../form/use-saving';
import {
  CreateSegmentDocument,
  EditSegmentDocument,
  OneSegmentDocument,
  type SegmentRowFragment,
  type SegmentUsesFragment,
} from '../../generated/operations';
import { emptyGroup } from '../../rule/node';
import { readRule, type StoredRule } from '../../rule/read';
import { writeRule } from '../../rule/write';
import { useProject } from '../../shell/project';
import { segmentWords as text } from '../../words/setup';
import { words } from '../../words/words';
import { SegmentForm } from './segment-form';
import { actorName } from '../../ui/actor-name';

export function SegmentDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  if (id === 'new') return <NewSegment onClose={onClose} />;
  return (
    <Editing document={OneSegmentDocument} id={id} onClose={onClose}>
      {(segment, refetch) => <EditSegment thing={segment} onClose={onClose} refetch={refetch} />}
    </Editing>
  );
}

function NewSegment({ onClose }: { onClose: () => void }) {
  const { id: projectId } = useProject();
  const [values] = useState(() => ({ name: '', description: '', rule: emptyGroup('all') }));
  const form = useForm(`segment:${projectId}:new`, { values });
  const saving = useSaving(form, onClose);
  const save = () => {
    const { name, description, rule } = form.values;
    void saving.settle(send(CreateSegmentDocument, { projectId, name, description, rule: writeRule(rule).rule }), words.created(name));
  };
  return <SegmentForm title={text.createTitle} saveText={text.createVerb} form={form} saving={saving} onSave={save} onClose={onClose} />;
}

function EditSegment({
  thing,
  onClose,
  refetch,
}: {
  thing: SegmentRowFragment & SegmentUsesFragment;
  onClose: () => void;
  refetch: () => unknown;
}) {
  const { name, description, version, updatedBy, usedBy } = thing;
  const rule = useMemo(() => readRule(thing.rule as StoredRule), [thing.rule]);
  const form = useForm(`segment:${thing.projectId}:${thing.id}`, { values: { name, description, rule }, by: actorName(updatedBy) });
  const saving = useReviewedSaving(form, onClose, refetch);
  const save = () => {
    if (!form.dirty) return onClose();
    const { rule: ruleChanged, ...others } = changed(form.draft);
    const input = {
      ...targetOf(thing),
      expectedVersion: version,
      ...others,
      ...(ruleChanged === undefined ? {} : { rule: writeRule(form.values.rule).rule }),
    };
    void saving.save(EditSegmentDocument, input, { inUse: usedBy.length > 0, done: words.saved(form.values.name) });
  };
  return (
    <SegmentForm title={name} form={form} saving={saving} usages={usedBy} onSave={save} onClose={onClose}>
      {saving.review}
    </SegmentForm>
  );
}
