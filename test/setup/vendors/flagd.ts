import fc from 'fast-check';
import type { Json } from '../../../src/domain/json';
import { flagd } from '../../../src/setup/convert/flagd';
import { drawn, tests, weights, type Numbers, type Test, type User, type Vendor } from './vendor';

type Targeting =
  | { readonly variant: string | null }
  | { readonly seed: string | undefined; readonly weights: readonly number[] }
  | { readonly test: Test; readonly then: Targeting; readonly otherwise: Targeting | undefined };

const VARIANTS = { v0: 0, v1: 1, v2: 2 };
const names = Object.keys(VARIANTS);

const { targeting } = fc.letrec<{ targeting: Targeting }>((tie) => ({
  targeting: fc.oneof(
    { maxDepth: 3 },
    fc.record({ variant: fc.constantFrom(...names, null) }),
    fc.record({ seed: fc.constantFrom(undefined, 'one', 'two'), weights }),
    fc.record({ test: tests, then: tie('targeting'), otherwise: fc.option(tie('targeting'), { nil: undefined }) }),
  ),
}));

function condition({ property, values, not }: Test): unknown {
  const [value] = values;
  const is = values.length === 1 ? { '==': [{ var: property }, value] } : { in: [{ var: property }, values] };
  return not ? { '!': [is] } : is;
}

function json(node: Targeting): unknown {
  if ('variant' in node) return node.variant;
  if ('test' in node)
    return { if: [condition(node.test), json(node.then), ...(node.otherwise === undefined ? [] : [json(node.otherwise)])] };
  const by = node.seed === undefined ? [] : [{ cat: [node.seed, { var: 'targetingKey' }] }];
  return { fractional: [...by, ...node.weights.map((weight, index) => [names[index], weight])] };
}

/** The variant, or null for the default one. Who lacks a property is equal to nothing, so "not" takes them. */
function variantOf(node: Targeting, user: User, numbers: Numbers): string | null {
  if ('variant' in node) return node.variant;
  if ('weights' in node) return names[drawn(node.weights, numbers(node.seed ?? 'the flag'))] ?? null;
  const { property, values, not } = node.test;
  if (values.includes(user[property] ?? 'neither') !== not) return variantOf(node.then, user, numbers);
  return node.otherwise === undefined ? null : variantOf(node.otherwise, user, numbers);
}

export const vendor: Vendor = {
  converter: flagd,
  flags: targeting.map((node) => ({
    source: { flags: { f: { state: 'ENABLED', variants: VARIANTS, defaultVariant: 'v0', targeting: json(node) } } },
    evaluate: (user, numbers): Json => VARIANTS[(variantOf(node, user, numbers) ?? 'v0') as keyof typeof VARIANTS],
  })),
  deciding: (source: { flags: { f: object } }) => [source, source.flags.f],
};
