import { useId, type ReactNode } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField } from 'react-aria-components/TextField';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly mono?: boolean;
  readonly lines?: boolean;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  readonly type?: 'text' | 'password' | 'number' | 'datetime-local' | 'search';
  readonly placeholder?: string;
  /** The label is for those who do not see the page alone. */
  readonly bare?: boolean;
}

/** A field whose error, of the form or of the server, goes away with the next change. */
export function Field(props: FieldProps) {
  const {
    label,
    value,
    onChange,
    hint,
    error,
    mono = false,
    lines = false,
    disabled = false,
    autoFocus,
    type = 'text',
    placeholder,
  } = props;
  const shared = { className: `input ${mono ? 'mono' : ''}`, ...(placeholder === undefined ? {} : { placeholder }) };
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      isDisabled={disabled}
      {...(autoFocus === true ? { autoFocus } : {})}
      {...(props.bare === true ? { 'aria-label': label } : {})}
    >
      {props.bare === true ? null : <Label>{label}</Label>}
      {lines ? <TextArea {...shared} dir="auto" /> : <Input {...shared} type={type} dir="auto" step="any" />}
      {hint === undefined ? null : (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="error">{error}</FieldError>
    </TextField>
  );
}

/** A label, a hint and an error around anything else. */
export function Labelled({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: string;
  error?: string | undefined;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <div className="field" role="group" aria-labelledby={id} data-invalid={error === undefined ? undefined : true}>
      <span className="label" id={id}>
        {label}
      </span>
      {children}
      {hint === undefined ? null : <span className="hint">{hint}</span>}
      {error === undefined ? null : (
        <span className="error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
