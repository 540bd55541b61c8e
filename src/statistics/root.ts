const MOST_STEPS = 300;

/**
 * Where a function that rises or falls throughout crosses zero, between `low` and `high` (or, without `high`, from `low`
 * by doubling): regula falsi with the weights of Anderson and Björck (BIT 13:253, 1973), which halves where it stalls.
 */
export function rootOf(f: (x: number) => number, low: number, high?: number): number {
  let [a, fa] = [low, f(low)];
  let b = high ?? Math.max(1, 2 * low);
  let fb = f(b);
  while (high === undefined && Math.sign(fa) === Math.sign(fb) && b < Number.MAX_VALUE / 4) [a, fa, b, fb] = [b, fb, 2 * b, f(2 * b)];
  if (fa === 0) return a;
  for (let step = 0; step < MOST_STEPS && fb !== 0 && Math.abs(b - a) > Number.EPSILON * Math.abs(b); step++) {
    // Each third step halves, so that a badly curved function costs no more than bisection.
    const chord = b - (fb * (b - a)) / (fb - fa);
    const c = step % 3 === 2 || !Number.isFinite(chord) ? (a + b) / 2 : chord;
    const fc = f(c);
    if (Math.sign(fc) === Math.sign(fb)) {
      const weight = 1 - fc / fb;
      fa *= weight > 0 ? weight : 0.5;
    } else {
      [a, fa] = [b, fb];
    }
    [b, fb] = [c, fc];
  }
  return b;
}
