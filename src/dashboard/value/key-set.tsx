import { useEffect, useState } from 'react';
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
  const [toAdd, setToAdd] = useState<string>();
  const unknown = toAdd === undefined || keys.has(toAdd) ? undefined : text.unknownKey(toAdd);
  // Keys come page after page: one that was asked for before it had come is added when it comes.
  useEffect(() => {
    if (toAdd === undefined || !keys.has(toAdd)) return;
    if (!chosen.includes(toAdd)) onChange([...chosen, toAdd]);
    setToAdd(undefined);
    setTyped('');
  }, [toAdd, keys, chosen, onChange]);
  const type = (name: string) => {
    setToAdd(undefined);
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
          {/* It stays enabled, since a button that is disabled loses the focus. */}
          <Button small onPress={() => setToAdd(typed)}>
            {text.addKey}
          </Button>
        </div>
      )}
    </Labelled>
  );
}
