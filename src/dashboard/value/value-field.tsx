import { lazy, Suspense } from 'react';
import type { ValueType } from '../generated/operations';
import { Segmented } from '../ui/check';
import { Field, Labelled } from '../ui/field';
import { usePaused } from '../ui/use-paused';
import { readJson } from './read-json';

const JsonEditor = lazy(() => import('./json-editor').then(({ JsonEditor: component }) => ({ default: component })));

interface ValueFieldProps {
  readonly label: string;
  readonly type: ValueType;
  /** As it is typed. */
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly error?: string | undefined;
  readonly hint?: string;
  readonly bare?: boolean;
}

/** Where a value of a key is entered, as its type asks for. */
export function ValueField({ label, type, text, onChange, error: refused, hint, bare = false }: ValueFieldProps) {
  const paused = usePaused(text);
  // While JSON is typed, its fault is said once the person pauses.
  const error = refused ?? (type === 'JSON' && paused === text && text.trim() !== '' ? readJson(text).problem : undefined);
  if (type === 'STRING' || type === 'NUMBER') {
    return (
      <Field label={label} bare={bare} mono value={text} onChange={onChange} error={error} {...(hint === undefined ? {} : { hint })} />
    );
  }
  const input =
    type === 'BOOLEAN' ? (
      <div>
        <Segmented
          label={label}
          value={text === 'true' ? 'true' : 'false'}
          onChange={onChange}
          options={[
            { id: 'false', text: 'false' },
            { id: 'true', text: 'true' },
          ]}
        />
      </div>
    ) : (
      <Suspense fallback={<div className="code-editor" />}>
        <JsonEditor label={label} text={text} onChange={onChange} />
      </Suspense>
    );
  if (bare) {
    return (
      <div className="field" data-invalid={error === undefined ? undefined : true}>
        {input}
        {error === undefined ? null : (
          <span className="error" role="alert">
            {error}
          </span>
        )}
      </div>
    );
  }
  return (
    <Labelled label={label} error={error} {...(hint === undefined ? {} : { hint })}>
      {input}
    </Labelled>
  );
}
