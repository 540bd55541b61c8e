import type { Option } from '../../ui/choice';
import { testWords as text } from '../../words/experiences';
import { weightsSum, type TestFields } from './test-fields';

/** The whole test in words, before it is saved. */
export function ReviewStep({ values, segments }: { values: TestFields; segments: readonly Option<string>[] }) {
  const users = segments.find(({ id }) => id === values.audience)?.text ?? values.audience;
  const sum = weightsSum(values.variants);
  return (
    <section className="note stack tight" data-tone="green" aria-label={text.steps.review}>
      <h3>{text.steps.review}</h3>
      <p className="sentence">{text.reviewLead(users, values.traffic)}</p>
      <ul>
        {values.variants.map(({ key, name, weight }) => (
          <li key={key} className="sentence">
            {text.inVariant(name, weight)}
          </li>
        ))}
      </ul>
      {sum === 100 ? null : <p className="danger-text">{text.weightsSum(sum)}</p>}
    </section>
  );
}
