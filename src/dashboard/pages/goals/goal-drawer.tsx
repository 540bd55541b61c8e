import { useMemo, useState } from 'react';
import { send } from '../../api/command';
import { targetOf } from '../../api/target';
import { changed } from '../../form/draft';
import { Editing } from '../../form/editing';
import { useForm } from '../../form/use-form';
import { useReviewedSaving, useSaving } from '../../form/use-saving';
import {
  CreateGoalDocument,
  EditGoalDocument,
  OneGoalDocument,
  type GoalRowFragment,
  type GoalUsesFragment,
} from '../../generated/operations';
import { useProject } from '../../shell/project';
import { goalWords as text } from '../../words/setup';
import { words } from '../../words/words';
import { emptyGoal, goalInput, readGoal } from './goal-fields';
import { GoalForm } from './goal-form';
import { actorName } from '../../ui/actor-name';

export function GoalDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  if (id === 'new') return <NewGoal onClose={onClose} />;
  return (
    <Editing document={OneGoalDocument} id={id} onClose={onClose}>
      {(goal, refetch) => <EditGoal thing={goal} onClose={onClose} refetch={refetch} />}
    </Editing>
  );
}

function NewGoal({ onClose }: { onClose: () => void }) {
  const { id: projectId } = useProject();
  const [values] = useState(emptyGoal);
  const form = useForm(`goal:${projectId}:new`, { values });
  const saving = useSaving(form, onClose);
  const save = () => {
    const { name, event } = form.values;
    const input = { ...goalInput(form.values, form.values), name, event, projectId };
    void saving.settle(send(CreateGoalDocument, input), words.created(name));
  };
  return <GoalForm title={text.createTitle} saveText={text.createVerb} form={form} saving={saving} onSave={save} onClose={onClose} />;
}

function EditGoal({ thing, onClose, refetch }: { thing: GoalRowFragment & GoalUsesFragment; onClose: () => void; refetch: () => unknown }) {
  const values = useMemo(() => readGoal(thing), [thing]);
  const form = useForm(`goal:${thing.projectId}:${thing.id}`, { values, by: actorName(thing.updatedBy) });
  const saving = useReviewedSaving(form, onClose, refetch);
  const save = () => {
    if (!form.dirty) return onClose();
    const input = { ...targetOf(thing), expectedVersion: thing.version, ...goalInput(changed(form.draft), form.values) };
    void saving.save(EditGoalDocument, input, { inUse: thing.usedBy.length > 0, done: words.saved(form.values.name) });
  };
  return (
    <GoalForm title={thing.name} form={form} saving={saving} usages={thing.usedBy} onSave={save} onClose={onClose}>
      {saving.review}
    </GoalForm>
  );
}
