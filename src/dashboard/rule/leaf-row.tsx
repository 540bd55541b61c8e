import { use } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { IconButton } from '../ui/button';
import { Choice } from '../ui/choice';
import { ruleWords as text } from '../words/setup';
import { BuilderContext } from './builder-context';
import { ConditionFields } from './condition-fields';
import { DidFields } from './did-fields';
import { Filters } from './filters';
import { emptyDid, emptyProperty, type Leaf } from './node';

interface LeafRowProps {
  readonly leaf: Leaf;
  readonly onChange: (leaf: Leaf) => void;
  readonly onRemove?: () => void;
}

const KINDS = [
  { id: 'property', text: text.property },
  { id: 'did', text: text.did },
  { id: 'didNot', text: text.didNot },
] as const;

/** One condition. */
export function LeafRow({ leaf, onChange, onRemove }: LeafRowProps) {
  const { problems } = use(BuilderContext);
  const wrong = problems.get(leaf.id);
  return (
    <div className="rule-leaf" data-wrong={wrong === undefined ? undefined : true}>
      <div className="rule-line">
        <div className="rule-kind">
          <Choice label={text.kind} bare value={leaf.type} options={KINDS} onChange={(type) => onChange(as(leaf, type))} />
        </div>
        {leaf.type === 'property' ? (
          <ConditionFields condition={leaf} onChange={onChange} />
        ) : (
          <DidFields leaf={leaf} onChange={onChange} />
        )}
        <div className="rule-end">
          <ToggleButton
            className="rule-not"
            aria-label={text.notLabel}
            isSelected={leaf.not}
            onChange={(not) => onChange({ ...leaf, not })}
          >
            {text.not}
          </ToggleButton>
          <IconButton
            small
            icon="close"
            label={text.remove}
            disabled={onRemove === undefined}
            {...(onRemove === undefined ? {} : { onPress: onRemove })}
          />
        </div>
      </div>
      {leaf.type === 'property' ? null : <Filters filters={leaf.filters} onChange={(filters) => onChange({ ...leaf, filters })} />}
      {wrong?.map((message) => (
        <p className="error" role="alert" key={message}>
          {message}
        </p>
      ))}
    </div>
  );
}

/** Another kind of condition in the same place; between did and did not, the event and its filters stay. */
function as(leaf: Leaf, type: Leaf['type']): Leaf {
  if (type === leaf.type) return leaf;
  if (type === 'property') return { ...emptyProperty(), id: leaf.id, not: leaf.not };
  return leaf.type === 'property' ? { ...emptyDid(type), id: leaf.id, not: leaf.not } : { ...leaf, type };
}
