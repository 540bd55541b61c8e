import { useMemo } from 'react';
import { DescriptionField } from '../../form/description-field';
import { FormDrawer, type ThingFormProps } from '../../form/form-drawer';
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

interface SegmentFormProps extends ThingFormProps<SegmentFields> {
  readonly usages?: readonly UsedFragment[];
}

const labels = { name: text.name, description: text.description, rule: text.rule };

export function SegmentForm({ form, usages = [], children, ...shell }: SegmentFormProps) {
  const readOnly = useReadOnly();
  const vocabulary = useVocabulary();
  const { name, rule } = form.values;
  const check = useCheck(rule);
  const written = useMemo(() => writeRule(rule), [rule]);
  const settled = usePaused(written.rule);
  const problems = useMemo(() => problemsByPart(form.problems, written.paths), [form.problems, written]);
  return (
    <FormDrawer {...shell} wide form={form} labels={labels} readOnly={readOnly}>
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
