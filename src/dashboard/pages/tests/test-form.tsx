import { DescriptionField } from '../../form/description-field';
import { FormDrawer, type ThingFormProps } from '../../form/form-drawer';
import { useChecked, Warnings } from '../../form/use-checked';
import { CheckDesignDocument, type ExperimentRowFragment, type KeyRowFragment } from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { Check } from '../../ui/check';
import { Choice } from '../../ui/choice';
import { Field } from '../../ui/field';
import { KeySet } from '../../value/key-set';
import type { Types } from '../../value/key-values';
import { experienceWords, testWords as text } from '../../words/experiences';
import { useSegmentOptions } from '../choices';
import { GoalsStep } from './goals-step';
import { ReviewStep } from './review-step';
import { designInput, type TestFields } from './test-fields';
import { TestStatus } from './test-status';
import { VariantsStep } from './variants-step';

export interface TestFormProps extends ThingFormProps<TestFields> {
  readonly thing?: ExperimentRowFragment;
  readonly keys: ReadonlyMap<string, KeyRowFragment>;
  readonly types: Types;
  /** The project makes every new test exclusive. */
  readonly forced?: boolean;
}

const { steps } = text;
const labels = {
  name: experienceWords.name,
  description: experienceWords.description,
  keys: experienceWords.keys,
  audience: text.audience,
  traffic: text.traffic,
  variants: text.addVariant,
  goals: text.addGoal,
};

/** The set-up of a test in five steps that are all to be seen. */
export function TestForm({ form: written, thing, keys, types, forced = false, children, ...shell }: TestFormProps) {
  const readOnly = useReadOnly('WRITE_EXPERIENCES');
  const segments = useSegmentOptions([thing?.audience ?? null]);
  const frozen = thing !== undefined && thing.status !== 'DRAFT';
  const { id: project } = useProject();
  const design = frozen || readOnly !== undefined ? undefined : designInput(written.values, types);
  const toCheck = design && { project, design, ...(thing === undefined ? {} : { experiment: thing.id }) };
  const { form, warnings } = useChecked(written, CheckDesignDocument, toCheck);
  const { values, set, errorAt } = form;
  return (
    <FormDrawer {...shell} wide form={form} labels={labels} readOnly={readOnly}>
      {thing === undefined ? null : <TestStatus thing={thing} />}
      {frozen ? <p className="note">{text.frozen}</p> : null}
      <section className="stack" aria-label={steps.what}>
        <h3>{steps.what}</h3>
        <Field label={experienceWords.name} value={values.name} onChange={(value) => set('name', value)} error={errorAt('name')} />
        <KeySet
          chosen={values.keys}
          keys={keys}
          fixed={frozen}
          hint={text.keysHint}
          error={errorAt('keys')}
          onChange={(chosen) => set('keys', chosen)}
        />
        <DescriptionField form={form} label={experienceWords.description} />
      </section>
      <section className="stack" aria-label={steps.who}>
        <h3>{steps.who}</h3>
        <div className="fields-line">
          <Choice
            label={text.audience}
            value={values.audience}
            options={segments}
            disabled={frozen}
            error={errorAt('audienceId')}
            onChange={(audience) => set('audience', audience)}
          />
          <Field
            label={text.traffic}
            disabled={frozen}
            value={values.traffic}
            onChange={(value) => set('traffic', value)}
            error={errorAt('traffic')}
          />
        </div>
        <Check checked={values.exclusive} disabled={frozen || forced} onChange={(on) => set('exclusive', on)}>
          {text.exclusive}
        </Check>
        {forced ? <span className="quiet small">{text.exclusiveForced}</span> : null}
        {errorAt('exclusive') === undefined ? null : <span className="error">{errorAt('exclusive')}</span>}
      </section>
      <VariantsStep form={form} types={types} frozen={frozen} />
      <GoalsStep form={form} frozen={frozen} {...(thing === undefined ? {} : { thing })} />
      <ReviewStep values={values} segments={segments} />
      <Warnings warnings={warnings} />
      {children}
    </FormDrawer>
  );
}
