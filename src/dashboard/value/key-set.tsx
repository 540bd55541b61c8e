import { useState } from 'react';
import type { KeyRowFragment } from '../generated/operations';
import { Button, IconButton } from '../ui/button';
import { Suggest } from '../ui/choice';
import { Labelled } from '../ui/field';
import { configWords as text, experienceWords } from '../words/experiences';

interface KeySetProps {
  readonly chosen: readonly string[];
  readonly keys: ReadonlyMap<string, KeyRowFragment>;
  readonly onChange: (keys: readonly string[]) => void;
  readonly error?: string | undefined;
  readonly hint?: string;
  readonly fixed?: boolean;
}

/** Which keys an experience is about. */
export function KeySet({ chosen, keys, onChange, error, hint, fixed = false }: KeySetProps) {
  const [typed, setTyped] = useState('');
  const [unknown, setUnknown] = useState<string>();
  // The button stays enabled, since one that is disabled loses the focus.
  const add = (name: string) => {
    if (!keys.has(name)) return setUnknown(text.unknownKey(name));
    if (!chosen.includes(name)) onChange([...chosen, name]);
    setTyped('');
  };
  const type = (name: string) => {
    setUnknown(undefined);
    setTyped(name);
  };
  const left = [...keys.values()].filter(({ name }) => !chosen.includes(name));
  return (
    <Labelled label={experienceWords.keys} error={unknown ?? error} {...(hint === undefined ? {} : { hint })}>
      <div className="line">
        {chosen.map((name) => (
          <span className="line chip" key={name}>
            <code>{name}</code>
            {fixed ? null : (
              <IconButton small icon="close" label={text.removeKey(name)} onPress={() => onChange(chosen.filter((one) => one !== name))} />
            )}
          </span>
        ))}
      </div>
      {fixed ? null : (
        <div className="line">
          <Suggest
            label={text.addKey}
            bare
            placeholder={text.addKey}
            value={typed}
            options={left.map(({ name, description }) => ({ id: name, text: name, note: description }))}
            onChange={type}
          />
          <Button small onPress={() => add(typed)}>
            {text.addKey}
          </Button>
        </div>
      )}
    </Labelled>
  );
}
