import { utcDay } from '../../ui/time';
import { useWidth } from '../../ui/use-width';
import { resultWords as text } from '../../words/results';
import { everyNth, scale, ticks, type Scale } from './plot-scale';
import type { Point, Results, Series } from './plotted';

const HEIGHT_PX = 260;
/** Of a digit of an axis. */
const DIGIT_PX = 7;
const RIGHT_PX = 16;
const TOP_PX = 20;
const BOTTOM_PX = 28;
/** The least width of a day's name. */
const NAME_PX = 64;
const PLACES = 5;

interface PlotProps {
  readonly label: string;
  readonly series: readonly Series[];
  readonly baselineChanges: Results['baselineChanges'];
  /** Of the numbers of the axis. */
  readonly valueText: (value: number) => string;
  /** Differences: the line of no difference is drawn. */
  readonly zero: boolean;
}

const dayMs = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** Lines with their intervals over days, and where the baseline changed. The same numbers stand in a table beside it. */
export function Plot({ label, series, baselineChanges, valueText, zero }: PlotProps) {
  const [box, widthPx] = useWidth<HTMLDivElement>(720);
  const points = series.flatMap((one) => one.points);
  const days = [...new Set(points.map(({ day }) => day))].sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return <p className="quiet">{text.noPlot}</p>;
  const marks = ticks(
    Math.min(...points.map(({ low }) => low), ...(zero ? [0] : [])),
    Math.max(...points.map(({ high }) => high), ...(zero ? [0] : [])),
    5,
  );
  const leftPx = 12 + DIGIT_PX * Math.max(...marks.map((mark) => valueText(mark).length));
  const x = scale([dayMs(first), dayMs(last)], [leftPx, Math.max(leftPx + 1, widthPx - RIGHT_PX)]);
  const y = scale([marks[0]!, marks.at(-1)!], [HEIGHT_PX - BOTTOM_PX, TOP_PX]);
  return (
    <div className="plot" ref={box}>
      <svg role="img" aria-label={label} width={widthPx} height={HEIGHT_PX} viewBox={`0 0 ${widthPx} ${HEIGHT_PX}`}>
        {marks.map((mark) => (
          <g key={mark}>
            <line
              className={zero && Math.abs(mark) < 1e-12 ? 'axis' : 'rule'}
              x1={leftPx}
              x2={widthPx - RIGHT_PX}
              y1={y(mark)}
              y2={y(mark)}
            />
            <text x={leftPx - 8} y={y(mark) + 4} textAnchor="end">
              {valueText(mark)}
            </text>
          </g>
        ))}
        {everyNth(days, (widthPx - leftPx) / NAME_PX).map((day) => (
          <text
            key={day}
            x={x(dayMs(day))}
            y={HEIGHT_PX - 8}
            textAnchor={day === first ? 'start' : x(dayMs(day)) > widthPx - NAME_PX / 2 ? 'end' : 'middle'}
          >
            {utcDay(dayMs(day))}
          </text>
        ))}
        {baselineChanges.map(({ revision, at }) => {
          const place = x(Math.min(Math.max(Date.parse(at), dayMs(first)), dayMs(last)));
          return (
            <g key={revision} className="baseline">
              <line x1={place} x2={place} y1={TOP_PX - 4} y2={HEIGHT_PX - BOTTOM_PX} />
              <text x={place} y={12} textAnchor={place > widthPx / 2 ? 'end' : 'start'}>
                {text.baselineLine(revision)}
              </text>
            </g>
          );
        })}
        {series.map((one) => (
          <Line key={`${one.variant} ${one.beside}`} series={one} x={x} y={y} />
        ))}
      </svg>
    </div>
  );
}

function Line({ series: { points, place, beside = false }, x, y }: { series: Series; x: Scale; y: Scale }) {
  const at = ({ day, value }: Point) => `${x(dayMs(day))},${y(value)}`;
  const edge = (of: 'low' | 'high') => points.map((point) => `${x(dayMs(point.day))},${y(point[of])}`);
  const end = points.at(-1);
  return (
    <g className="series" data-place={place % PLACES} data-beside={beside}>
      {beside ? null : <polygon points={[...edge('high'), ...edge('low').reverse()].join(' ')} />}
      {beside || points.length > 1
        ? null
        : points.map((point) => (
            <line key={point.day} x1={x(dayMs(point.day))} x2={x(dayMs(point.day))} y1={y(point.low)} y2={y(point.high)} />
          ))}
      <polyline points={points.map(at).join(' ')} />
      {end === undefined || beside ? null : <Mark place={place} x={x(dayMs(end.day))} y={y(end.value)} />}
    </g>
  );
}

/** Each variant has a shape of its own, so that it is known without its colour. */
function Mark({ place, x, y }: { place: number; x: number; y: number }) {
  switch (place % PLACES) {
    case 0:
      return <circle cx={x} cy={y} r={4} />;
    case 1:
      return <rect x={x - 4} y={y - 4} width={8} height={8} />;
    case 2:
      return <path d={`M${x} ${y - 5}l5 5-5 5-5-5z`} />;
    case 3:
      return <path d={`M${x} ${y - 5}l5 9h-10z`} />;
    default:
      return <path d={`M${x} ${y + 5}l5-9h-10z`} />;
  }
}

/** What the lines are. */
export function Legend({ series }: { series: readonly Series[] }) {
  const besides = series.some(({ beside }) => beside);
  return (
    <ul className="legend">
      {series
        .filter(({ beside }) => beside !== true)
        .map(({ variant, name, place }) => (
          <li key={variant}>
            <svg className="series" data-place={place % PLACES} width={20} height={14} aria-hidden="true">
              <polyline points="0,7 20,7" />
              <Mark place={place} x={10} y={7} />
            </svg>
            <span className="sentence">{name}</span>
          </li>
        ))}
      {besides ? (
        <li className="quiet">
          <svg className="series" data-place="0" data-beside="true" width={20} height={14} aria-hidden="true">
            <polyline points="0,7 20,7" />
          </svg>
          {text.besideLine}
        </li>
      ) : null}
    </ul>
  );
}
