import type { ConclusionKind } from '../../generated/operations';
import { Badge } from '../../ui/badge';
import { FiguresTable } from '../../ui/figures-table';
import { resultWords as text } from '../../words/results';
import { countText, pText } from './numbers';
import type { Results } from './plotted';

const TONES = {
  SHIP: 'green',
  HURTS: 'red',
  WITHHELD: 'amber',
  INCONCLUSIVE: undefined,
  NOT_YET: undefined,
} as const satisfies { readonly [kind in ConclusionKind]: string | undefined };

/** What is to be done with each variant, in words. */
export function Conclusions({ results: { conclusions } }: { results: Results }) {
  return (
    <section className="stack tight" aria-label={text.conclusions}>
      <h2>{text.conclusions}</h2>
      <ul className="stack tight">
        {conclusions.map(({ variant, kind, text: sentence }) => (
          <li key={variant} className="note line conclusion" data-tone={TONES[kind]}>
            <Badge tone={TONES[kind]}>{text.kinds[kind]}</Badge>
            <p className="sentence">{sentence}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How many users each variant has beside what was planned, and the group that is held out. */
export function VariantUsers({ results: { variants, sampleRatio } }: { results: Results }) {
  const known = variants.some(({ neverExposed }) => neverExposed !== null);
  return (
    <section className="stack tight" aria-label={text.users}>
      <h2>{text.users}</h2>
      <FiguresTable
        label={`${text.users}: ${text.planned}`}
        heads={[text.variant, text.users, text.planned, ...(known ? [text.neverExposed] : [])]}
        rows={variants.map(({ name, control, weight, users, neverExposed }) => [
          <>
            <span className="sentence">{name}</span> {control ? <Badge>{text.control}</Badge> : null}
            {weight === null ? <Badge>{text.holdout}</Badge> : null}
          </>,
          countText(users),
          weight === null ? '' : `${weight} %`,
          ...(known ? [countText(neverExposed ?? 0)] : []),
        ])}
      />
      {known ? <p className="quiet small">{text.neverExposedHint}</p> : null}
      {sampleRatio === null ? null : (
        <p className="quiet small">{text.sampleRatio(sampleRatio.evidence.toPrecision(2), pText(sampleRatio.p))}</p>
      )}
    </section>
  );
}
