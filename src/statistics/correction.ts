/** The p-values in ascending order, each multiplied by a factor of its rank (from 0), and back in their own places. */
function adjusted(
  pValues: readonly number[],
  factor: (rank: number) => number,
  along: (order: readonly number[], values: number[]) => void,
): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const values = order.map((index, rank) => Math.min(1, pValues[index]! * factor(rank)));
  along(order, values);
  const result = new Array<number>(pValues.length);
  order.forEach((index, rank) => (result[index] = values[rank]!));
  return result;
}

/** p-values adjusted so that the chance of any false finding among them stays at alpha: Holm 1979, Scand. J. Stat. 6:65. */
export const holm = (pValues: readonly number[]): readonly number[] =>
  adjusted(
    pValues,
    (rank) => pValues.length - rank,
    (_, values) => {
      for (let rank = 1; rank < values.length; rank++) values[rank] = Math.max(values[rank]!, values[rank - 1]!);
    },
  );

/** p-values adjusted so that the share of false ones among the findings stays at alpha: Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57:289. */
export const benjaminiHochberg = (pValues: readonly number[]): readonly number[] =>
  adjusted(
    pValues,
    (rank) => pValues.length / (rank + 1),
    (_, values) => {
      for (let rank = values.length - 2; rank >= 0; rank--) values[rank] = Math.min(values[rank]!, values[rank + 1]!);
    },
  );
