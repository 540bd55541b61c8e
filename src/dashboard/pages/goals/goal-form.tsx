import { useMemo } from 'react';
import { DescriptionField } from '../../form/description-field';
import { FormDrawer, type ThingFormProps } from '../../form/form-drawer';
import { useChecked } from '../../form/use-checked';
import { CheckGoalDocument, type UsedFragment } from '../../generated/operations';
import { BuilderContext } from '../../rule/builder-context';
import { Filters } from '../../rule/filters';
import { useVocabulary } from '../../rule/vocabulary';
import { problemsByPart } from '../../rule/write';
import { useProject, useReadOnly } from '../../shell/project';
import { Segmented } from '../../ui/check';
import { Choice, Suggest } from '../../ui/choice';
import { Field, Labelled } from '../../ui/field';
import { Sentence } from '../../ui/sentence';
import { UsedBy } from '../../ui/usages';
import { goalWords as text } from '../../words/setup';
import { goalInput, type GoalFields } from './goal-fields';

interface GoalFormProps extends ThingFormProps<GoalFields> {
  readonly usages?: readonly UsedFragment[];
}

const MEASURES = (['CONVERSION', 'COUNT', 'SUM'] as const).map((id) => ({ id, text: text.measures[id] }));
const DIRECTIONS = (['HIGHER', 'LOWER'] as const).map((id) => ({ id, text: text.directions[id] }));
const MOST_FILTERS = 3;
const labels = {
  name: text.name,
  description: text.description,
  event: text.event,
  filters: text.filters,
  measure: text.measure,
  property: text.property,
  cap: text.cap,
  direction: text.direction,
  windowDays: text.window,
};

export function GoalForm({ form: written, usages = [], children, ...shell }: GoalFormProps) {
  const readOnly = useReadOnly();
  const vocabulary = useVocabulary();
  const { form, text: inWords } = useChecked(written, CheckGoalDocument, useGoalToCheck(written.values, readOnly !== undefined));
  const { values, set, errorAt } = form;
  const { filters } = values;
  const problems = useMemo(
    () => problemsByPart(form.problems, new Map(filters.map(({ id }, at) => [id, `filters.${at}`]))),
    [form.problems, filters],
  );
  return (
    <FormDrawer {...shell} form={form} labels={labels} readOnly={readOnly}>
      <Field label={text.name} value={values.name} onChange={(value) => set('name', value)} error={errorAt('name')} />
      <Labelled label={text.event} error={errorAt('event')}>
        <Suggest label={text.event} bare value={values.event} options={vocabulary.events} onChange={(value) => set('event', value)} />
      </Labelled>
      <BuilderContext value={{ problems, vocabulary }}>
        <Labelled label={text.filters} error={problems.size > 0 ? undefined : errorAt('filters')}>
          <Filters filters={filters} most={MOST_FILTERS} onChange={(next) => set('filters', next)} />
        </Labelled>
      </BuilderContext>
      <Choice
        label={text.measure}
        value={values.measure}
        options={MEASURES}
        onChange={(value) => set('measure', value)}
        error={errorAt('measure')}
      />
      {values.measure === 'SUM' ? (
        <>
          <Field
            label={text.property}
            mono
            value={values.property}
            onChange={(value) => set('property', value)}
            error={errorAt('property')}
          />
          <Field label={text.cap} hint={text.capHint} value={values.cap} onChange={(value) => set('cap', value)} error={errorAt('cap')} />
        </>
      ) : null}
      <Labelled label={text.direction}>
        <Segmented label={text.direction} value={values.direction} options={DIRECTIONS} onChange={(value) => set('direction', value)} />
      </Labelled>
      <Field label={text.window} value={values.windowDays} onChange={(value) => set('windowDays', value)} error={errorAt('windowDays')} />
      {inWords === null ? null : (
        <div className="note" data-tone="green" role="status">
          <h3>{text.plain}</h3>
          <p>
            <Sentence text={inWords} />
          </p>
        </div>
      )}
      <DescriptionField form={form} label={text.description} />
      <UsedBy usages={usages} />
      {children}
    </FormDrawer>
  );
}

/** undefined while a name that it cannot do without is still to be written: that would be a problem of every goal that is begun. */
function useGoalToCheck(values: GoalFields, readOnly: boolean) {
  const { id: project } = useProject();
  const names = [values.event, ...values.filters.map(({ name }) => name), ...(values.measure === 'SUM' ? [values.property] : [])];
  if (readOnly || names.includes('')) return undefined;
  const { name: _name, description: _description, ...goal } = goalInput(values, values);
  return { project, goal: { ...goal, event: values.event } };
}
