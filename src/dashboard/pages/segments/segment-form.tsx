import { useMemo, type ReactNode } from 'react';
import { DescriptionField } from '../../form/description-field';
import { FormDrawer } from '../../form/form-drawer';
import type { Form } from '../../form/use-form';
import type { useSaving } from '../../form/use-saving';
import type { UsedFragment } from '../../generated/operations';
import { RuleBuilder } from '../../rule/builder';
import { useCheck } from '../../rule/check';
import type { Group } from '../../rule/node';
import { useVocabulary } from '../../rule/vocabulary';
import { problemsByPart, writeRule } from '../../rule/write';
import { useReadOnly } from '../../shell/project';
import { Field, Labelled } from '../../ui/field';
import { Sentence } from '../../ui/sentence';
import { UsedBy } from '../../ui/usages';
import { usePaused } from '../../ui/use-paused';
import { segmentWords as text } from '../../words/setup';
import { RuleUsers } from './rule-users';

export type SegmentFields = { readonly name: string; readonly description: string; readonly rule: Group };

interface SegmentFormProps {
  readonly title: string;
  readonly saveText?: string;
  readonly form: Form<SegmentFields>;
  readonly saving: ReturnType<typeof useSaving>;
  readonly usages?: readonly UsedFragment[];
  readonly onSave: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

const labels = { name: text.name, description: text.description, rule: text.rule };

export function SegmentForm({ title, saveText, form, saving, usages = [], onSave, onClose, children }: SegmentFormProps) {
  const readOnly = useReadOnly();
  const vocabulary = useVocabulary();
  const { name, rule } = form.values;
  const check = useCheck(rule);
  const written = useMemo(() => writeRule(rule), [rule]);
  const settled = usePaused(written.rule);
  const problems = useMemo(() => problemsByPart(form.problems, written.paths), [form.problems, written]);
  return (
    <FormDrawer
      title={title}
      wide
      form={form}
      labels={labels}
      busy={saving.busy}
      outcome={saving.outcome}
      readOnly={readOnly}
      onSave={onSave}
      onClose={onClose}
      {...(saveText === undefined ? {} : { saveText })}
    >
      <Field label={text.name} value={name} onChange={(value) => form.set('name', value)} error={form.errorAt('name')} />
      <Labelled label={text.rule} error={problems.size > 0 ? undefined : form.errorAt('rule')}>
        <RuleBuilder root={rule} onChange={(next) => form.set('rule', next)} problems={problems} vocabulary={vocabulary} />
      </Labelled>
      {check === undefined || check.text === null ? null : (
        <div className="note" data-tone="green" role="status">
          <h3>{text.plain}</h3>
          <p>
            <Sentence text={check.text} />
          </p>
          {check.warnings.map(({ path, message }) => (
            <p key={path + message} className="sentence">
              {message}
            </p>
          ))}
          <RuleUsers rule={settled} />
        </div>
      )}
      <DescriptionField form={form} label={text.description} />
      <UsedBy usages={usages} />
      {children}
    </FormDrawer>
  );
}
