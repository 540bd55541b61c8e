import type { ReactNode } from 'react';
import { Switch } from 'react-aria-components/Switch';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import { Icon } from './icons';
import type { Option } from './choice';

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children?: ReactNode;
  readonly label?: string;
  readonly some?: boolean;
  readonly disabled?: boolean;
}

export function Check({ checked, onChange, children, label, some = false, disabled = false }: CheckProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={({ target }) => onChange(target.checked)}
        ref={(input) => {
          if (input !== null) input.indeterminate = some;
        }}
        aria-label={label}
      />
      <span className="box">
        <Icon name="check" />
      </span>
      {children}
    </label>
  );
}

export function SwitchField({ checked, onChange, children, disabled = false }: CheckProps) {
  return (
    <Switch className="switch" isSelected={checked} isDisabled={disabled} onChange={onChange}>
      <span className="track" />
      <span>{children}</span>
    </Switch>
  );
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
}

/** One of two or three, all visible. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <ToggleButtonGroup
      className="segmented"
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={([key]) => onChange(key as T)}
    >
      {options.map(({ id, text }) => (
        <ToggleButton key={id} id={id}>
          {text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
