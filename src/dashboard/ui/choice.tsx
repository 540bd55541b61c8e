import { Button } from 'react-aria-components/Button';
import { ComboBox } from 'react-aria-components/ComboBox';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import { Icon } from './icons';

export interface Option<T extends string> {
  readonly id: T;
  readonly text: string;
  readonly note?: string | undefined;
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly bare?: boolean;
  readonly value: T | undefined;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly disabled?: boolean;
}

/** One of a few. */
export function Choice<T extends string>({ label, bare = false, value, options, onChange, error, placeholder, disabled }: ChoiceProps<T>) {
  return (
    <Select
      className="field"
      value={value ?? null}
      onChange={(key) => onChange(key as T)}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      isDisabled={disabled ?? false}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(bare ? { 'aria-label': label } : {})}
    >
      {bare ? null : <Label>{label}</Label>}
      <Button className="button picker">
        <SelectValue />
        <Icon name="down" />
      </Button>
      {error === undefined ? null : <span className="error">{error}</span>}
      <Popover className="popover">
        <ListBox items={options}>
          {(option) => (
            <ListBoxItem className="option" id={option.id} textValue={option.text}>
              {option.text}
              {option.note === undefined ? null : <span className="quiet small end">{option.note}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

interface SuggestProps {
  readonly label: string;
  readonly bare?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly Option<string>[];
  readonly error?: boolean;
  readonly placeholder?: string;
}

/** Any text, with what is known already to choose from. */
export function Suggest({ label, bare = false, value, onChange, options, error = false, placeholder }: SuggestProps) {
  return (
    <ComboBox
      className="field"
      allowsCustomValue
      inputValue={value}
      onInputChange={onChange}
      onChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
      isInvalid={error}
      validationBehavior="aria"
      menuTrigger="focus"
      items={options}
      {...(bare ? { 'aria-label': label } : {})}
    >
      {bare ? null : <Label>{label}</Label>}
      <Input className="input mono" dir="auto" {...(placeholder === undefined ? {} : { placeholder })} />
      <Popover className="popover">
        <ListBox<Option<string>>>
          {(option) => (
            <ListBoxItem className="option mono" id={option.id} textValue={option.text}>
              {option.text}
              {option.note === undefined ? null : <span className="quiet small end">{option.note}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
