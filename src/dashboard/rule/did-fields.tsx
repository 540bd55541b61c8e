import { use } from 'react';
import { Check } from '../ui/check';
import { Choice, Suggest } from '../ui/choice';
import { Field } from '../ui/field';
import { ruleWords as text } from '../words/setup';
import { BuilderContext } from './builder-context';
import type { DidLeaf } from './node';

const COUNTS = [
  { id: 'atLeast', text: text.atLeast },
  { id: 'atMost', text: text.atMost },
  { id: 'exactly', text: text.exactly },
] as const;
const WINDOWS = [
  { id: 'lastDays', text: text.lastDays },
  { id: 'between', text: text.between },
  { id: 'ever', text: text.ever },
] as const;

/** An event, how often, and when. */
export function DidFields({ leaf, onChange }: { leaf: DidLeaf; onChange: (leaf: DidLeaf) => void }) {
  const { vocabulary, problems } = use(BuilderContext);
  const set = (change: Partial<DidLeaf>) => onChange({ ...leaf, ...change });
  return (
    <>
      <div className="rule-event">
        <Suggest
          label={text.event}
          bare
          value={leaf.event}
          options={vocabulary.events}
          error={problems.has(leaf.id)}
          placeholder={text.event}
          onChange={(event) => set({ event })}
        />
      </div>
      {leaf.type === 'did' ? (
        <>
          <div className="rule-count">
            <Choice label={text.countKind} bare value={leaf.countKind} options={COUNTS} onChange={(countKind) => set({ countKind })} />
          </div>
          <div className="rule-number">
            <Field label={text.count} bare value={leaf.count} onChange={(count) => set({ count })} />
          </div>
          <span className="quiet">{text.times}</span>
          {leaf.countKind === 'atMost' ? (
            <Check checked={leaf.orNever} onChange={(orNever) => set({ orNever })}>
              {text.orNever}
            </Check>
          ) : null}
        </>
      ) : null}
      <div className="rule-window">
        <Choice label={text.window} bare value={leaf.windowKind} options={WINDOWS} onChange={(windowKind) => set({ windowKind })} />
      </div>
      {leaf.windowKind === 'lastDays' ? (
        <>
          <div className="rule-number">
            <Field label={text.days} bare value={leaf.days} onChange={(days) => set({ days })} />
          </div>
          <span className="quiet">{text.days}</span>
        </>
      ) : null}
      {leaf.windowKind === 'between' ? (
        <>
          <div className="rule-short">
            <Field label={text.from} bare mono placeholder="2026-01-31" value={leaf.from} onChange={(from) => set({ from })} />
          </div>
          <span className="quiet">{text.and}</span>
          <div className="rule-short">
            <Field label={text.to} bare mono placeholder="2026-02-28" value={leaf.to} onChange={(to) => set({ to })} />
          </div>
        </>
      ) : null}
    </>
  );
}
