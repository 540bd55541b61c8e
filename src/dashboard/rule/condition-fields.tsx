import { use } from 'react';
import type { Operator } from '../generated/operations';
import { Choice, Suggest } from '../ui/choice';
import { Field } from '../ui/field';
import { ruleWords as text } from '../words/setup';
import { BuilderContext } from './builder-context';
import { operandsOf, type Condition } from './node';

const OPERATORS = (Object.entries(text.operators) as [Operator, string][]).map(([id, words]) => ({ id, text: words }));

/** A property, how it is compared, and with what. */
export function ConditionFields<C extends Condition>({ condition, onChange }: { condition: C; onChange: (condition: C) => void }) {
  const { vocabulary, problems } = use(BuilderContext);
  const { id, name, operator, value, from, to } = condition;
  const takes = operandsOf(operator);
  const wrong = problems.has(id);
  return (
    <>
      <div className="rule-name">
        <Suggest
          label={text.name}
          bare
          value={name}
          options={vocabulary.properties}
          error={wrong}
          placeholder={text.name}
          onChange={(next) => onChange({ ...condition, name: next })}
        />
      </div>
      <div className="rule-operator">
        <Choice
          label={text.operator}
          bare
          value={operator}
          options={OPERATORS}
          onChange={(next) => onChange({ ...condition, operator: next })}
        />
      </div>
      {takes === 'one' || takes === 'many' ? (
        <div className="rule-value">
          <Field
            label={takes === 'many' ? text.values : text.value}
            bare
            mono
            value={value}
            placeholder={takes === 'many' ? 'a, b, c' : text.value}
            onChange={(next) => onChange({ ...condition, value: next })}
          />
        </div>
      ) : null}
      {takes === 'two' ? (
        <>
          <div className="rule-short">
            <Field label={text.from} bare mono value={from} onChange={(next) => onChange({ ...condition, from: next })} />
          </div>
          <span className="quiet">{text.and}</span>
          <div className="rule-short">
            <Field label={text.to} bare mono value={to} onChange={(next) => onChange({ ...condition, to: next })} />
          </div>
        </>
      ) : null}
    </>
  );
}
