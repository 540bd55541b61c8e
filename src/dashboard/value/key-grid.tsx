import { Button } from '../ui/button';
import { configWords as text } from '../words/experiences';
import type { KeyTexts, Types } from './key-values';
import { ValueField } from './value-field';
import { firstText } from './value-text';

interface KeyGridProps {
  readonly keys: readonly string[];
  readonly types: Types;
  readonly texts: KeyTexts;
  /** What is said of a key without a value. */
  readonly otherwise: string;
  /** Where the command has these values, of which the form says what is wrong with each. */
  readonly place: string;
  readonly errorAt: (place: string, except?: readonly string[]) => string | undefined;
  readonly onChange: (texts: KeyTexts) => void;
}

/** The values of the keys in one row or variant. */
export function KeyGrid({ keys, types, texts, otherwise, place, errorAt, onChange }: KeyGridProps) {
  // As they are sent: only those that have a value.
  const places = new Map(keys.filter((key) => texts[key] !== undefined).map((key, at) => [key, `${place}.${at}`]));
  const error = errorAt(place, [...places.values()]);
  const drop = (key: string) => onChange(Object.fromEntries(Object.entries(texts).filter(([name]) => name !== key)));
  return (
    <div className="config-grid">
      {keys.map((key) => {
        const type = types.get(key)?.type ?? 'JSON';
        const value = texts[key];
        return (
          <div className="contents" key={key}>
            <code>{key}</code>
            {value === undefined ? (
              <span className="quiet">{otherwise}</span>
            ) : (
              <ValueField
                label={key}
                bare
                type={type}
                text={value}
                error={errorAt(places.get(key) ?? place)}
                onChange={(next) => onChange({ ...texts, [key]: next })}
              />
            )}
            {value === undefined ? (
              <Button small tone="ghost" onPress={() => onChange({ ...texts, [key]: type === 'BOOLEAN' ? 'true' : firstText(type) })}>
                {text.setValue}
              </Button>
            ) : (
              <Button small tone="ghost" onPress={() => drop(key)}>
                {text.clearValue}
              </Button>
            )}
          </div>
        );
      })}
      {error === undefined ? null : (
        <span className="error whole-line" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
