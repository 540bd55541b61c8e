import { Button, IconButton } from '../ui/button';
import { Segmented } from '../ui/check';
import { Icon } from '../ui/icons';
import { ruleWords as text } from '../words/setup';
import { BuilderContext, type Builder } from './builder-context';
import { LeafRow } from './leaf-row';
import { emptyDid, emptyGroup, emptyProperty, type Group, type RuleNode } from './node';

interface RuleBuilderProps extends Builder {
  readonly root: Group;
  readonly onChange: (root: Group) => void;
}

/** A rule as rows and nested groups. */
export function RuleBuilder({ root, onChange, problems, vocabulary }: RuleBuilderProps) {
  return (
    <BuilderContext value={{ problems, vocabulary }}>
      <GroupBox group={root} depth={0} onChange={onChange} />
    </BuilderContext>
  );
}

interface GroupBoxProps {
  readonly group: Group;
  readonly depth: number;
  readonly onChange: (group: Group) => void;
  readonly onRemove?: () => void;
}

const MATCH = [
  { id: 'match', text: text.match },
  { id: 'not', text: text.notMatch },
] as const;
const JOIN = [
  { id: 'all', text: text.all },
  { id: 'any', text: text.any },
] as const;

function GroupBox({ group, depth, onChange, onRemove }: GroupBoxProps) {
  const { join, not, parts } = group;
  const replace = (at: number, part: RuleNode) => onChange({ ...group, parts: parts.map((one, index) => (index === at ? part : one)) });
  const remove = (at: number) => onChange({ ...group, parts: parts.filter((_, index) => index !== at) });
  const add = (part: RuleNode) => onChange({ ...group, parts: [...parts, part] });
  return (
    <div className="rule-group" role="group" aria-label={text.group} data-depth={depth % 2}>
      <div className="line rule-head">
        <span>{text.usersWho}</span>
        <Segmented
          label={text.match}
          value={not ? 'not' : 'match'}
          options={MATCH}
          onChange={(value) => onChange({ ...group, not: value === 'not' })}
        />
        <Segmented label={text.ofThese} value={join} options={JOIN} onChange={(value) => onChange({ ...group, join: value })} />
        <span>{text.ofThese}</span>
        {onRemove === undefined ? null : (
          <span className="push">
            <IconButton small icon="close" label={text.removeGroup} onPress={onRemove} />
          </span>
        )}
      </div>
      {parts.map((part, at) => (
        <div key={part.id}>
          {at === 0 ? null : <div className="rule-join">{join === 'all' ? text.and : text.or}</div>}
          {part.type === 'group' ? (
            <GroupBox group={part} depth={depth + 1} onChange={(next) => replace(at, next)} onRemove={() => remove(at)} />
          ) : (
            <LeafRow
              leaf={part}
              onChange={(next) => replace(at, next)}
              {...(parts.length > 1 || depth > 0 ? { onRemove: () => remove(at) } : {})}
            />
          )}
        </div>
      ))}
      <div className="line">
        <AddButton label={text.addProperty} onPress={() => add(emptyProperty())} />
        <AddButton label={text.addDid} onPress={() => add(emptyDid('did'))} />
        <AddButton label={text.addDidNot} onPress={() => add(emptyDid('didNot'))} />
        <AddButton label={text.addGroup} onPress={() => add(emptyGroup(join === 'all' ? 'any' : 'all'))} />
      </div>
    </div>
  );
}

function AddButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <Button small tone="ghost" onPress={onPress}>
      <Icon name="plus" />
      {label}
    </Button>
  );
}
