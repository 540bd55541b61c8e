import type { ValueType } from '../../generated/operations';
import { Choice, type Option } from '../../ui/choice';
import { Field } from '../../ui/field';
import { Ordered } from '../../ui/ordered';
import { ValueField } from '../../value/value-field';
import { experienceWords as text } from '../../words/experiences';
import { rowPlaces, type RowFields } from './flag-fields';

interface FlagRowsProps {
  readonly rows: readonly RowFields[];
  readonly type: ValueType;
  readonly segments: readonly Option<string>[];
  readonly errorAt: (path: string) => string | undefined;
  readonly onChange: (rows: readonly RowFields[]) => void;
}

/** Which users get which value, in the order that decides. */
export function FlagRows({ rows, type, segments, errorAt, onChange }: FlagRowsProps) {
  const set = (at: number, change: Partial<RowFields>) => onChange(rows.map((row, index) => (index === at ? { ...row, ...change } : row)));
  return (
    <Ordered
      items={rows}
      keyOf={({ key }) => key}
      onChange={onChange}
      render={(row, at) => (
        <div className="flag-row">
          <Choice
            label={text.segment}
            bare
            value={row.segment}
            options={segments}
            error={errorAt(rowPlaces(at).segment)}
            onChange={(segment) => set(at, { segment })}
          />
          <Field
            label={text.percentage}
            bare
            value={row.percentage}
            error={errorAt(rowPlaces(at).percentage)}
            onChange={(percentage) => set(at, { percentage })}
          />
          <span className="quiet">%</span>
          <ValueField
            label={text.value}
            bare
            type={type}
            text={row.value}
            error={errorAt(rowPlaces(at).value)}
            onChange={(value) => set(at, { value })}
          />
        </div>
      )}
    />
  );
}
