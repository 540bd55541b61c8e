import { use } from 'react';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icons';
import { ruleWords as text } from '../words/setup';
import { BuilderContext } from './builder-context';
import { ConditionFields } from './condition-fields';
import { emptyCondition, type Condition } from './node';

interface FiltersProps {
  readonly filters: readonly Condition[];
  readonly onChange: (filters: readonly Condition[]) => void;
  readonly most?: number;
}

/** Which of the events count, by their properties. */
export function Filters({ filters, onChange, most = 10 }: FiltersProps) {
  const { problems } = use(BuilderContext);
  return (
    <div className="rule-filters">
      {filters.map((filter, at) => (
        <div key={filter.id}>
          <div className="rule-line">
            <span className="quiet">{at === 0 ? text.with : text.and}</span>
            <ConditionFields condition={filter} onChange={(next) => onChange(filters.map((one, index) => (index === at ? next : one)))} />
            <div className="rule-end">
              <IconButton
                small
                icon="close"
                label={text.removeFilter}
                onPress={() => onChange(filters.filter((_, index) => index !== at))}
              />
            </div>
          </div>
          {problems.get(filter.id)?.map((message) => (
            <p className="error" role="alert" key={message}>
              {message}
            </p>
          ))}
        </div>
      ))}
      {filters.length >= most ? null : (
        <Button small tone="ghost" onPress={() => onChange([...filters, emptyCondition()])}>
          <Icon name="plus" />
          {text.addFilter}
        </Button>
      )}
    </div>
  );
}
