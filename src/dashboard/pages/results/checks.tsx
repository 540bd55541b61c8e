import type { ResultsCheckStatus } from '../../generated/operations';
import { Badge } from '../../ui/badge';
import { resultWords as text } from '../../words/results';
import type { Results } from './plotted';

const TONES = { PASSED: 'green', NOTICED: 'amber', FAILED: 'red' } as const satisfies { readonly [status in ResultsCheckStatus]: string };

/** What is to be read before any number: what failed or is to be known stands open, what passed is folded. */
export function Checks({ checks }: { checks: Results['checks'] }) {
  const passed = checks.filter(({ status }) => status === 'PASSED');
  const open = checks.filter(({ status }) => status !== 'PASSED').sort((a, b) => (a.status < b.status ? -1 : 1));
  return (
    <section className="stack tight" aria-label={text.checks}>
      <h2>{text.checks}</h2>
      {open.length === 0 ? null : <List checks={open} />}
      {passed.length === 0 ? null : (
        <details>
          <summary>{text.passed(passed.length)}</summary>
          <List checks={passed} />
        </details>
      )}
    </section>
  );
}

function List({ checks }: { checks: Results['checks'] }) {
  return (
    <ul className="panel rows">
      {checks.map(({ name, status, text: words }) => (
        <li key={name}>
          <Badge tone={TONES[status]}>{text.checkStates[status]}</Badge>
          <div className="grow">
            <span className="strong">{text.checkNames[name]}</span>
            <p className="sentence">{words}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
