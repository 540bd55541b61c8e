import { skipToken, useQuery } from '@apollo/client/react';
import { useMemo, useState } from 'react';
import { failureText } from '../../api/failure';
import { useList } from '../../api/list';
import { GoalsDocument, SampleSizeDocument, type GoalRowFragment, type SampleSizeInput } from '../../generated/operations';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { usePaused } from '../../ui/use-paused';
import { sampleSizeWords as text } from '../../words/estimates';
import type { TestFields } from './test-fields';

interface SampleSizeProps {
  readonly values: TestFields;
  readonly onTake: (plannedUsers: string) => void;
}

/** How many users the test needs to find an effect of some size: for the planned number of users. */
export function SampleSize({ values, onTake }: SampleSizeProps) {
  const { rows = [] } = useList<GoalRowFragment>(GoalsDocument, false);
  const primary = values.goals.find(({ role }) => role === 'PRIMARY');
  const goal = rows.find(({ id }) => id === primary?.goal);
  const measure = goal?.measure ?? 'CONVERSION';
  const [asked, setAsked] = useState({ baseline: '', effect: '', deviation: '' });
  const set = (part: Partial<typeof asked>) => setAsked((before) => ({ ...before, ...part }));
  const input = usePaused(useMemo(() => question(values, measure, asked), [values, measure, asked]));
  const { data, error } = useQuery(SampleSizeDocument, input === undefined ? skipToken : { variables: { input } });
  const size = input === undefined ? undefined : data?.sampleSize;
  const rate = measure === 'CONVERSION';
  return (
    <details>
      <summary>{text.title}</summary>
      <div className="note stack tight">
        <p className="small prose">{goal === undefined ? text.lead : text.leadOf(goal.name)}</p>
        <div className="fields-line">
          <Field label={rate ? text.rate : text.mean} value={asked.baseline} onChange={(baseline) => set({ baseline })} />
          <Field label={text.effect} value={asked.effect} onChange={(effect) => set({ effect })} />
          {rate ? null : <Field label={text.deviation} value={asked.deviation} onChange={(deviation) => set({ deviation })} />}
        </div>
        <div className="line" role="status">
          {error !== undefined && input !== undefined ? (
            <span className="error">{failureText(error)}</span>
          ) : size === undefined ? (
            <span className="quiet small">{text.give}</span>
          ) : (
            <>
              <span className="strong">{text.users(size.users, size.controlUsers, size.variantUsers)}</span>
              <Button small onPress={() => onTake(String(size.users))}>
                {text.take}
              </Button>
            </>
          )}
        </div>
      </div>
    </details>
  );
}

/** undefined: something is not given yet. */
function question(
  { method, goals, variants }: TestFields,
  measure: GoalRowFragment['measure'],
  { baseline, effect, deviation }: { baseline: string; effect: string; deviation: string },
): SampleSizeInput | undefined {
  const rate = measure === 'CONVERSION';
  const numbers = [baseline, effect, ...(rate ? [] : [deviation])].map((one) => (one.trim() === '' ? Number.NaN : Number(one)));
  const control = variants.find((one) => one.control);
  // The smallest variant needs most users of all.
  const others = variants.filter((one) => !one.control).map(({ weight }) => Number(weight));
  const [mean = Number.NaN, percent = Number.NaN, standardDeviation] = numbers;
  if (numbers.some(Number.isNaN) || control === undefined || others.length === 0) return undefined;
  return {
    method,
    measure,
    baseline: rate ? mean / 100 : mean,
    relativeEffect: percent / 100,
    ...(standardDeviation === undefined ? {} : { standardDeviation }),
    hypotheses: Math.max(1, goals.filter(({ role }) => role === 'PRIMARY').length) * others.length,
    controlWeight: Number(control.weight),
    variantWeight: Math.min(...others),
  };
}
