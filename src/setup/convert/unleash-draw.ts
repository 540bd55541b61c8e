import type { Json } from '../../domain/json';
import { excerpt } from '../../domain/text';
import type { Lose } from './condition';
import { bandOf, both, byWeight, EVERY_DRAW, type Draw, type Share } from './draw';
import type { Strategy, Variant } from './unleash-format';

/** What a feature gives whom it is on for, where some feature or strategy of it has variants: as Unleash's `getVariant` gives it. */
export const OFF_VARIANT: Json = { name: 'disabled', enabled: false, feature_enabled: false };
const NO_VARIANT: Json = { name: 'disabled', enabled: false, feature_enabled: true };

/**
 * Whom a strategy draws. Two that have one group, and draw by the same thing, draw the same users: the group is the feature's name unless the
 * strategy says another. Undefined: it has no counterpart.
 */
export function rolloutDraw(strategy: Strategy, feature: string, path: string, lose: Lose): Draw | undefined {
  const name = strategy.name ?? strategy.strategyName ?? '';
  const parameters = strategy.parameters ?? {};
  const gradual = name.startsWith('gradualRollout');
  if (name !== 'flexibleRollout' && !gradual) return EVERY_DRAW;
  const given = gradual ? parameters.percentage : (parameters.rollout ?? 100);
  const percentage = given === '' || given === undefined ? Number.NaN : Number(given);
  if (!(percentage >= 0 && percentage <= 100)) return void lose(path, 'has a rollout that is not from 0 to 100');
  if (!Number.isInteger(percentage))
    return void lose(path, "has a rollout of no whole percentage, of which Unleash's clients make different things");
  const by = gradual ? name.slice('gradualRollout'.length) : parameters.stickiness;
  if (!drawsById(by) && !(percentage === 100 && by === 'random')) lose(path, drawnBy(by));
  const group = text(parameters.groupId) || (gradual ? '' : feature);
  return new Map([[`rollout ${group}`, bandOf(0, percentage / 100)]]);
}

/** The values of those whom the feature is on for: `true`, or a variant. A strategy's own variants are drawn by its group, others by the feature's name. */
export function variantShares(
  own: readonly Variant[],
  ofFeature: readonly Variant[],
  strategy: Strategy | undefined,
  feature: string,
  path: string,
  lose: Lose,
): readonly Share<Json>[] | undefined {
  const variants = own.length > 0 ? own : ofFeature;
  if (variants.some(({ overrides = [] }) => overrides.length > 0)) lose(path, 'has variants with overrides, which have no counterpart');
  if (variants.some(({ weight }) => weight < 0)) return void lose(path, 'has variants with a weight below 0');
  const by = variants[0]?.stickiness;
  const group = own.length > 0 ? text(strategy?.parameters?.groupId) : feature;
  const shares = byWeight(
    `variant ${group}`,
    variants.map(({ name, weight, payload }) => ({ weight, value: variantValue(name, payload) })),
  );
  if (shares.length === 0) return [{ draw: EVERY_DRAW, value: NO_VARIANT }];
  if (shares.length > 1 && !drawsById(by)) lose(path, drawnBy(by));
  return shares;
}

export function within(draw: Draw, shares: readonly Share<Json>[]): readonly Share<Json>[] {
  return shares
    .map((share) => ({ draw: both(draw, share.draw), value: share.value }))
    .filter((share) => [...share.draw.values()].every((band) => band.length > 0));
}

function variantValue(name: string, payload: unknown): Json {
  return { name, enabled: true, feature_enabled: true, ...(payload === undefined || payload === null ? {} : { payload: payload as Json }) };
}

/** By default by the user's id; only for those without one by a session or by chance. */
function drawsById(by: unknown): boolean {
  return by === undefined || by === null || ['', 'default', 'userId', 'UserId'].includes(by as string);
}

function drawnBy(by: unknown): string {
  return `draws users by ${excerpt(text(by))}: here they are always drawn by their id`;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
