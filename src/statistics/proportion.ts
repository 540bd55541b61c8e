import { missing, type Interval, type Missing } from './missing';
import { normalTail } from './distributions';

/** How many of an arm's users did something. */
export interface Proportion {
  readonly converted: number;
  readonly users: number;
}

/** The score interval of one proportion: Wilson 1927, JASA 22:209. */
export function wilson({ converted, users }: Proportion, z: number): Interval | Missing {
  if (users === 0) return missing('NO_USERS');
  const p = converted / users;
  const square = (z * z) / users;
  const centre = (p + square / 2) / (1 + square);
  const half = (z * Math.sqrt((p * ((users - converted) / users) + square / 4) / users)) / (1 + square);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** The interval of the difference of two proportions from both score intervals: Newcombe 1998, Statistics in Medicine 17:873, method 10. */
export function newcombe(control: Proportion, variant: Proportion, z: number): Interval | Missing {
  const ofControl = wilson(control, z);
  const ofVariant = wilson(variant, z);
  if ('missing' in ofControl) return ofControl;
  if ('missing' in ofVariant) return ofVariant;
  const p0 = control.converted / control.users;
  const p1 = variant.converted / variant.users;
  return {
    low: p1 - p0 - Math.hypot(p1 - ofVariant.low, ofControl.high - p0),
    high: p1 - p0 + Math.hypot(ofVariant.high - p1, p0 - ofControl.low),
  };
}

/** The test that two proportions are equal, with the variance that they would share: Pearson 1900; Agresti, Categorical Data Analysis, 3.2. */
export function pooledZ(control: Proportion, variant: Proportion): { readonly z: number; readonly p: number } | Missing {
  if (control.users === 0 || variant.users === 0) return missing('NO_USERS');
  const users = control.users + variant.users;
  const converted = control.converted + variant.converted;
  const variance = (converted / users) * ((users - converted) / users) * (1 / control.users + 1 / variant.users);
  if (variance === 0) return missing('NO_VARIANCE');
  const z = (variant.converted / variant.users - control.converted / control.users) / Math.sqrt(variance);
  return { z, p: 2 * normalTail(Math.abs(z)) };
}
