import type { Form } from '../../form/use-form';
import { Button, IconButton } from '../../ui/button';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { Badge } from '../../ui/badge';
import { KeyGrid } from '../../value/key-grid';
import type { Types } from '../../value/key-values';
import { testWords as text } from '../../words/experiences';
import { equalWeights, newVariant, weightsSum, type TestFields, type VariantFields } from './test-fields';

const MOST = 7;
const LETTERS = 'BCDEFGH';

/** What each variant gives, and to how many. */
export function VariantsStep({ form, types, frozen }: { form: Form<TestFields>; types: Types; frozen: boolean }) {
  const { values, set, errorAt } = form;
  const { variants, keys } = values;
  const put = (next: readonly VariantFields[]) => set('variants', next);
  const change = (at: number, part: Partial<VariantFields>) =>
    put(variants.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const shown = variants.flatMap((_, at) => ['name', 'weight', 'values'].map((part) => `variants.${at}.${part}`));
  const general = errorAt('variants', shown);
  const sum = weightsSum(variants);
  return (
    <section className="stack" aria-label={text.steps.variants}>
      <h3>{text.steps.variants}</h3>
      {variants.map((variant, at) => (
        <div className="note stack tight" key={variant.key}>
          <div className="fields-line variant-line">
            <Field
              label={text.variantName}
              disabled={frozen}
              value={variant.name}
              onChange={(name) => change(at, { name })}
              error={errorAt(`variants.${at}.name`)}
            />
            <Field
              label={text.weight}
              disabled={frozen}
              value={variant.weight}
              onChange={(weight) => change(at, { weight })}
              error={errorAt(`variants.${at}.weight`)}
            />
            {variant.control || frozen ? null : (
              <IconButton small icon="close" label={text.removeVariant} onPress={() => put(variants.filter((_, index) => index !== at))} />
            )}
          </div>
          {variant.control ? (
            <p className="line quiet small">
              <Badge>{text.control}</Badge> {text.controlHint}
            </p>
          ) : (
            <KeyGrid
              keys={keys}
              types={types}
              texts={variant.values}
              otherwise={text.asControl}
              place={`variants.${at}.values`}
              errorAt={errorAt}
              onChange={(next) => change(at, { values: next })}
            />
          )}
        </div>
      ))}
      {general === undefined ? null : (
        <span className="error" role="alert">
          {general}
        </span>
      )}
      {frozen ? null : (
        <div className="line">
          <Button
            small
            tone="ghost"
            disabled={variants.length >= MOST}
            onPress={() => put([...variants, newVariant(LETTERS[variants.length - 1] ?? '')])}
          >
            <Icon name="plus" />
            {text.addVariant}
          </Button>
          <Button small tone="ghost" onPress={() => put(equalWeights(variants))}>
            {text.equalWeights}
          </Button>
          <span className={sum === 100 ? 'quiet' : 'danger-text'} role="status">
            {text.weightsSum(sum)}
          </span>
        </div>
      )}
    </section>
  );
}
