import type { Form } from '../../form/use-form';
import type { ExperimentRowFragment } from '../../generated/operations';
import { Button, IconButton } from '../../ui/button';
import { Check } from '../../ui/check';
import { Choice } from '../../ui/choice';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { testWords as text } from '../../words/experiences';
import { useGoalOptions } from '../choices';
import { SampleSize } from './sample-size';
import { newGoal, type GoalChoice, type TestFields } from './test-fields';

const MOST = 5;
const ROLES = (['PRIMARY', 'SECONDARY', 'GUARDRAIL'] as const).map((id) => ({ id, text: text.roles[id] }));
const METHODS = (['SEQUENTIAL', 'FIXED'] as const).map((id) => ({ id, text: text.methods[id] }));

/** What the test is judged by, and how. */
export function GoalsStep({ form, frozen, thing }: { form: Form<TestFields>; frozen: boolean; thing?: ExperimentRowFragment }) {
  const { values, set, errorAt } = form;
  const options = useGoalOptions(thing?.goalRoles.map(({ goal }) => goal));
  const { goals } = values;
  const known = new Set(frozen ? thing?.goalRoles.map(({ goal }) => goal.id) : []);
  const change = (at: number, part: Partial<GoalChoice>) =>
    set(
      'goals',
      goals.map((one, index) => (index === at ? { ...one, ...part } : one)),
    );
  const shown = goals.flatMap((_, at) => ['goalId', 'role', 'margin'].map((part) => `goals.${at}.${part}`));
  const general = errorAt('goals', shown);
  const free = options.find(({ id }) => !goals.some(({ goal }) => goal === id));
  return (
    <section className="stack" aria-label={text.steps.goals}>
      <h3>{text.steps.goals}</h3>
      {goals.map((choice, at) => (
        <div className="fields-line goal-line" key={choice.key}>
          <Choice
            label={text.goal}
            bare
            value={choice.goal}
            options={options}
            disabled={known.has(choice.goal)}
            error={errorAt(`goals.${at}.goalId`)}
            onChange={(goal) => change(at, { goal })}
          />
          <Choice
            label={text.role}
            bare
            value={choice.role}
            options={ROLES}
            disabled={known.has(choice.goal)}
            error={errorAt(`goals.${at}.role`)}
            onChange={(role) => change(at, { role })}
          />
          {choice.role === 'GUARDRAIL' ? (
            <Field
              label={text.margin}
              bare
              placeholder={text.margin}
              value={choice.margin}
              disabled={known.has(choice.goal)}
              error={errorAt(`goals.${at}.margin`)}
              onChange={(margin) => change(at, { margin })}
            />
          ) : null}
          {known.has(choice.goal) ? null : (
            <IconButton
              small
              icon="close"
              label={text.removeGoal}
              onPress={() =>
                set(
                  'goals',
                  goals.filter((_, index) => index !== at),
                )
              }
            />
          )}
        </div>
      ))}
      {general === undefined ? null : <span className="error">{general}</span>}
      <div className="line">
        <Button
          small
          tone="ghost"
          disabled={free === undefined || goals.length >= MOST}
          onPress={() => set('goals', [...goals, { ...newGoal(free?.id ?? ''), role: goals.length === 0 ? 'PRIMARY' : 'SECONDARY' }])}
        >
          <Icon name="plus" />
          {text.addGoal}
        </Button>
      </div>
      <div className="fields-line">
        <Choice
          label={text.method}
          value={values.method}
          options={METHODS}
          disabled={frozen}
          onChange={(method) => set('method', method)}
        />
        <Field
          label={text.plannedUsers}
          disabled={frozen}
          value={values.plannedUsers}
          onChange={(value) => set('plannedUsers', value)}
          error={errorAt('analysis')}
        />
      </div>
      {frozen ? null : <SampleSize values={values} onTake={(value) => set('plannedUsers', value)} />}
      <Check checked={values.cuped} disabled={frozen} onChange={(on) => set('cuped', on)}>
        {text.cuped}
      </Check>
    </section>
  );
}
