import { Link } from '@tanstack/react-router';
import type { GuardrailState, ResultsOfGoalFragment } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { useProject } from '../../shell/project';
import { Badge } from '../../ui/badge';
import { Segmented } from '../../ui/check';
import { FiguresTable } from '../../ui/figures-table';
import { exactTime } from '../../ui/time';
import { resultWords as text } from '../../words/results';
import { axisText, countText, estimateText, figureText, meanText, pText, signedPercent } from './numbers';
import { Legend, Plot } from './plot';
import { plotted, type PlotOf, type Results } from './plotted';

type Goal = ResultsOfGoalFragment;
interface GoalProps {
  readonly goal: Goal;
  readonly results: Results;
}

/** One goal: over time, each variant alone, and each beside control with and without CUPED. */
export function GoalResults({ goal, results }: GoalProps) {
  const { name, role, addedLater, measure, direction, windowDays } = goal;
  return (
    <section className="card stack" aria-label={name}>
      <div className="stack tight">
        <div className="line">
          <h3 className="sentence">{name}</h3>
          <Badge tone={role === 'PRIMARY' ? 'plum' : undefined}>{text.roles[role]}</Badge>
          {addedLater ? <Badge tone="amber">{text.addedLater}</Badge> : null}
        </div>
        <p className="quiet small">
          {[text.measures[measure], text.window(windowDays), text.better[direction]].join(' · ')}
          {role === 'SECONDARY' ? `. ${text.exploratory}` : ''}
        </p>
      </div>
      <Comparisons goal={goal} results={results} />
      <OverTime goal={goal} results={results} />
      <Figures goal={goal} results={results} />
    </section>
  );
}

const nameOf = ({ variants }: Results, variant: string) => variants.find((one) => one.variant === variant)?.name ?? variant;

function Comparisons({ goal, results }: GoalProps) {
  const { comparisons, measure, role, name } = goal;
  const guard = role === 'GUARDRAIL';
  const lacking = [...new Set(comparisons.flatMap((one) => one.lacking))];
  return (
    <>
      <FiguresTable
        label={`${name}: ${text.uplift}`}
        heads={[text.uplift, text.plain, text.adjusted, text.p, ...(guard ? [text.guard] : [])]}
        rows={comparisons.map(({ variant, plain, adjusted, adjustedDecides, correctedP, guarded }) => [
          <span className="sentence">{nameOf(results, variant)}</span>,
          <Deciding on={!adjustedDecides}>{estimateText(measure, plain)}</Deciding>,
          <Deciding on={adjustedDecides}>{estimateText(measure, adjusted)}</Deciding>,
          correctedP === null ? '' : pText(correctedP),
          ...(guard ? [guarded === null ? '' : <Guard guarded={guarded} />] : []),
        ])}
      />
      {lacking.length === 0 ? null : (
        <p className="quiet small sentence">
          {text.lacking}: {lacking.join('; ')}
        </p>
      )}
    </>
  );
}

function Deciding({ on, children }: { on: boolean; children: string }) {
  return on ? (
    <>
      <span className="strong">{children}</span> <Badge>{text.decides}</Badge>
    </>
  ) : (
    <span className="quiet">{children}</span>
  );
}

function Guard({ guarded }: { guarded: GuardrailState }) {
  return <Badge tone={guarded === 'HURT' ? 'red' : guarded === 'NOT_HURT' ? 'green' : 'amber'}>{text.guards[guarded]}</Badge>;
}

function OverTime({ goal, results }: GoalProps) {
  const { id: project } = useProject();
  const [address, setAddress] = useAddress();
  const of: PlotOf = address['plot'] === 'uplift' ? 'uplift' : 'rates';
  const series = plotted(goal, results.variants, of);
  const { measure, name, series: days } = goal;
  const { baselineChanges } = results;
  const what = of === 'uplift' ? text.uplift : text.rates;
  return (
    <div className="stack tight">
      <div className="line">
        <Segmented
          label={text.plotOf}
          value={of}
          onChange={(value) => setAddress({ plot: value === 'uplift' ? value : undefined }, true)}
          options={(['rates', 'uplift'] as const).map((id) => ({ id, text: text[id] }))}
        />
        <Legend series={series} />
      </div>
      <Plot
        label={text.plotLabel(what, name, days.length)}
        series={series}
        baselineChanges={baselineChanges}
        zero={of === 'uplift'}
        valueText={(value) => axisText(of === 'uplift' || measure === 'CONVERSION', value)}
      />
      {baselineChanges.length === 0 ? null : (
        <p className="small">
          {text.baselineLead}{' '}
          {baselineChanges.map(({ revision, at }) => (
            <span key={revision}>
              {text.baselineLine(revision)}, {exactTime(at)} (
              <Link to={`/p/${encodeURIComponent(project)}/compare`} search={{ from: `r${revision - 1}`, to: `r${revision}` } as never}>
                {text.whatChanged}
              </Link>
              ){' '}
            </span>
          ))}
        </p>
      )}
      <details>
        <summary>{text.table}</summary>
        <FiguresTable
          label={`${name}: ${what}, ${text.table}`}
          heads={[text.day, ...series.map(({ name: variant, beside }) => (beside === true ? `${variant}, ${text.besideLine}` : variant))]}
          rows={days.map(({ day }) => [
            day,
            ...series.map(({ points }) =>
              pointText(
                points.find((point) => point.day === day),
                of,
                measure,
              ),
            ),
          ])}
        />
      </details>
    </div>
  );
}

function pointText(point: { value: number; low: number; high: number } | undefined, of: PlotOf, measure: string): string {
  if (point === undefined) return '–';
  const [value, low, high] = [point.value, point.low, point.high].map((each) =>
    of === 'uplift' ? signedPercent(each) : meanText(measure, each),
  );
  return `${value} (${low} to ${high})`;
}

function Figures({ goal: { figures, measure, name }, results }: GoalProps) {
  return (
    <FiguresTable
      label={`${name}: ${text.rates}`}
      heads={[text.variant, text.mature, text.converted, `${text.mean[measure]} (${text.interval})`]}
      rows={figures.map(({ variant, figure }) => [
        <span className="sentence">{nameOf(results, variant)}</span>,
        figure.users === null ? '' : countText(figure.users),
        figure.converted === null ? '' : countText(figure.converted),
        figureText(measure, figure),
      ])}
    />
  );
}
