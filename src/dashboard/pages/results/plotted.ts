import type { ResultsOfGoalFragment, ResultsQuery } from '../../generated/operations';

export type Results = NonNullable<ResultsQuery['experimentResults']>;
export type ResultsVariant = Results['variants'][number];

/** A value on a day, with its interval. */
export interface Point {
  readonly day: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
export interface Series {
  readonly variant: string;
  readonly name: string;
  /** Of the variant among all, which gives it its colour and mark. */
  readonly place: number;
  readonly points: readonly Point[];
  /** Without an interval, beside the one that decides. */
  readonly beside?: boolean;
}
export type PlotOf = 'rates' | 'uplift';

/** The lines of a plot: of every variant by itself, or beside control with and without CUPED. */
export function plotted(goal: ResultsOfGoalFragment, variants: readonly ResultsVariant[], of: PlotOf): readonly Series[] {
  return variants.flatMap(({ variant, name, control }, place): Series[] => {
    if (of === 'rates') return [{ variant, name, place, points: rates(goal, variant) }];
    const comparison = goal.comparisons.find((one) => one.variant === variant);
    if (control || comparison === undefined) return [];
    const [decides, beside] = comparison.adjustedDecides ? (['adjusted', 'plain'] as const) : (['plain', 'adjusted'] as const);
    return [
      { variant, name, place, points: uplifts(goal, variant, decides) },
      { variant, name, place, points: uplifts(goal, variant, beside), beside: true },
    ];
  });
}

function rates(goal: ResultsOfGoalFragment, variant: string): readonly Point[] {
  return goal.series.flatMap(({ day, variants }): Point[] => {
    const figure = variants.find((one) => one.variant === variant)?.figure;
    if (figure === undefined || figure.mean === null || figure.low === null || figure.high === null) return [];
    return [{ day, value: figure.mean, low: figure.low, high: figure.high }];
  });
}

function uplifts(goal: ResultsOfGoalFragment, variant: string, which: 'plain' | 'adjusted'): readonly Point[] {
  return goal.series.flatMap(({ day, variants }): Point[] => {
    const uplift = variants.find((one) => one.variant === variant)?.[which]?.uplift;
    return uplift === undefined || uplift === null ? [] : [{ day, value: uplift.uplift, low: uplift.low, high: uplift.high }];
  });
}
