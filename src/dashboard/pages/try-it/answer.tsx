import { useState } from 'react';
import type { EvaluateQuery } from '../../generated/operations';
import { Badge, statusText } from '../../ui/badge';
import { Button } from '../../ui/button';
import { SearchField } from '../../ui/search-field';
import { Value } from '../../ui/value';
import { tryWords as text } from '../../words/ledger';

type Evaluation = NonNullable<EvaluateQuery['evaluate']>;
type EvaluatedKey = Evaluation['keys'][number];

export function Answer({ evaluation }: { evaluation: Evaluation }) {
  const { keys, experiments, remark, revision } = evaluation;
  const [search, setSearch] = useState('');
  const shown = keys.filter(({ key }) => key.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <>
      {remark === null ? null : <p className="note sentence">{remark}</p>}
      <section className="stack tight" aria-label={text.keys}>
        <div className="line">
          <h2>{text.keys}</h2>
          <span className="quiet">{text.revision(revision)}</span>
          <span className="push">
            <SearchField label={text.search} value={search} onChange={setSearch} />
          </span>
        </div>
        <ul className="panel rows">
          {shown.map((key) => (
            <Key key={key.key} evaluated={key} />
          ))}
        </ul>
      </section>
      <section className="stack tight" aria-label={text.tests}>
        <h2>{text.tests}</h2>
        {experiments.length === 0 ? (
          <p className="quiet">{text.noTests}</p>
        ) : (
          <ul className="panel rows">
            {experiments.map(({ entityId, name, standing, variant, why }) => (
              <li key={entityId}>
                <Badge tone={standing === 'ASSIGNED' || standing === 'TAKES' ? 'green' : undefined}>{statusText(standing)}</Badge>
                <div className="grow">
                  <span className="strong sentence">{name}</span> {variant === null ? null : <Badge tone="plum">{variant}</Badge>}
                  <p className="quiet sentence">{why}</p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function Key({ evaluated }: { evaluated: EvaluatedKey }) {
  const { key, value, source, variant, steps } = evaluated;
  const [open, setOpen] = useState(false);
  return (
    <li>
      <div className="grow stack tight">
        <div className="line">
          <code className="strong">{key}</code>
          <Value value={value} />
          <Badge tone={source === 'DEFAULT' ? undefined : 'green'}>{statusText(source)}</Badge>
          {variant === null ? null : <Badge tone="plum">{variant}</Badge>}
        </div>
        {open ? <Trail steps={steps} /> : null}
      </div>
      <Button small tone="ghost" onPress={() => setOpen(!open)}>
        {text.why}
      </Button>
    </li>
  );
}

/** Each thing that could have served the key, in their order, and why it did or did not. */
function Trail({ steps }: { steps: EvaluatedKey['steps'] }) {
  return (
    <ol className="stack tight">
      {steps.map(({ name, source, serves, why, audience }, at) => (
        <li key={at} className="note">
          <div className="line">
            <Badge tone={serves ? 'green' : undefined}>{serves ? text.serves : text.passes}</Badge>
            <span className="quiet">{statusText(source)}</span>
            {name === null ? null : <span className="strong sentence">{name}</span>}
          </div>
          <p className="sentence">{why}</p>
          {audience.map(({ text: finding, matched, depth, instead }, line) => (
            <p key={line} className="sentence small trail" data-depth={Math.min(depth, 8)}>
              <span className={matched ? 'came' : 'danger-text'}>{matched ? text.matched : text.notMatched}</span> {finding}
              {instead === null ? '' : ` (${instead})`}
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}
