import { z } from 'zod';
import type { Json } from '../../domain/json';
import { excerpt } from '../../domain/text';
import type { Branch } from './branch';
import { allOf, USER_ID, type Condition } from './condition';
import { OF_FLAGD } from './differences';
import { converter } from './converter';
import { type Draft, neutral, typeOf } from './draft';
import { byWeight, EVERY_DRAW } from './draw';
import { JsonLogic, type Evaluators } from './json-logic';

const flagSchema = z.looseObject({
  state: z.enum(['ENABLED', 'DISABLED']).optional(),
  /** A flag without variants is a boolean one. */
  variants: z.record(z.string(), z.unknown()).optional(),
  defaultVariant: z.string().nullable().optional(),
  targeting: z.unknown().optional(),
});
const schema = z.looseObject({
  flags: z.record(z.string(), flagSchema),
  $evaluators: z.record(z.string(), z.unknown()).optional(),
});

/** https://flagd.dev/reference/flag-definitions: flags with variants, and targeting in JsonLogic. */
export const flagd = converter('flagd', 'flagd', schema, OF_FLAGD, (source, draft) => {
  if (draft.leftOver(source, '', { read: ['flags', '$evaluators'], words: ['metadata'], bookkeeping: ['$schema'] })) draft.draftAll();
  draft.reserve({ flags: Object.keys(source.flags).map((name) => ({ name })) });
  const evaluators = source.$evaluators ?? {};
  const used = new Set<string>();
  for (const [name, flag] of Object.entries(source.flags)) new FlagdFlag(name, flag, evaluators, used, draft).convert();
  for (const name of Object.keys(evaluators).filter((one) => !used.has(one))) {
    draft.note(`$evaluators.${excerpt(name)}`, 'is left out: no flag refers to it');
  }
  draft.note('', 'variants are carried by their values: their names are not');
});

class FlagdFlag {
  private readonly path: string;
  private readonly variants: { readonly [name: string]: unknown };
  private readonly logic: JsonLogic;
  private readonly branches: Branch[] = [];
  private off: Json = null;
  private lost = false;

  constructor(
    private readonly name: string,
    private readonly flag: z.output<typeof flagSchema>,
    evaluators: Evaluators,
    used: Set<string>,
    private readonly draft: Draft,
  ) {
    this.path = `flags.${excerpt(name)}`;
    this.variants = flag.variants ?? { true: true, false: false };
    this.logic = new JsonLogic(evaluators, (path, message) => this.lose(path, message), used);
  }

  convert(): void {
    const { flag, path, draft } = this;
    this.lost = draft.leftOver(flag, path, { read: ['state', 'variants', 'defaultVariant', 'targeting'], words: ['metadata'] });
    const values = Object.values(this.variants) as Json[];
    if (values.length === 0) return draft.note(path, 'is left out: it has no variants');
    this.off = this.defaultValue(values);
    if (!isEmpty(flag.targeting)) this.compile(flag.targeting, true, `${path}.targeting`);
    const live = flag.state !== 'DISABLED';
    draft.flag({ path, name: this.name, off: this.off, values, live, branches: this.branches, lost: this.lost });
  }

  private defaultValue(values: readonly Json[]): Json {
    const { defaultVariant } = this.flag;
    if (typeof defaultVariant === 'string' && Object.hasOwn(this.variants, defaultVariant)) return this.variants[defaultVariant] as Json;
    if (typeof defaultVariant === 'string') this.lose(`${this.path}.defaultVariant`, `"${excerpt(defaultVariant)}" is not a variant`);
    const value = neutral(typeOf(values));
    this.draft.note(
      this.path,
      `has no default variant, so what the app's code says counts: a key always has a default, here ${JSON.stringify(value)}`,
    );
    return value;
  }

  /** In the order in which flagd decides: what comes first wins, so the else of an `if` need not say "not". */
  private compile(node: unknown, among: Condition, path: string): void {
    const followed = this.logic.follow(node, path);
    if (followed === undefined) return;
    const [operator, args] = this.logic.operation(followed) ?? [];
    if (operator === 'if' && args !== undefined) return this.conditional(args, among, `${path}.if`);
    if (operator === 'fractional' && args !== undefined) return this.fractional(args, among, `${path}.fractional`);
    if (operator !== undefined) return this.conditional([followed, true, false], among, path);
    const share = this.variant(followed, path);
    if (share !== undefined) this.branches.push({ path, condition: among, shares: [{ draw: EVERY_DRAW, value: share.value }] });
  }

  private conditional(args: readonly unknown[], among: Condition, path: string): void {
    for (let index = 0; index + 1 < args.length; index += 2) {
      const condition = this.logic.condition(args[index], `${path}.${index}`);
      if (condition === undefined && this.logic.exhausted) return;
      if (condition !== undefined) this.compile(args[index + 1], allOf([among, condition]), `${path}.${index + 1}`);
    }
    this.compile(args.length % 2 === 1 ? args.at(-1) : null, among, `${path}.${args.length - (args.length % 2)}`);
  }

  private fractional(args: readonly unknown[], among: Condition, path: string): void {
    const own = args.length > 0 && !Array.isArray(args[0]);
    const seed = own ? this.seed(args[0], path) : this.name;
    const weights = args.slice(own ? 1 : 0).map((entry, index) => this.weight(entry, `${path}.${index + (own ? 1 : 0)}`));
    if (weights.length === 0 || weights.some((weight) => weight === undefined)) return this.lose(path, 'has weights that are not numbers');
    const shares = byWeight(
      seed,
      weights.filter((weight) => weight !== undefined),
    );
    // Weights that are all 0 give nothing, which is the default.
    this.branches.push({ path, condition: among, shares: shares.length > 0 ? shares : [{ draw: EVERY_DRAW, value: this.off }] });
  }

  private weight(entry: unknown, path: string): { readonly weight: number; readonly value: Json } | undefined {
    if (!Array.isArray(entry) || entry.length > 2) return undefined;
    const [variant, weight = 1] = entry as readonly unknown[];
    const found = this.variant(variant, path);
    return typeof weight === 'number' && weight >= 0 && found !== undefined ? { weight, value: found.value } : undefined;
  }

  /** What is put before the user's id to draw by it: as a rule the flag's name. That users are drawn by anything else cannot be carried. */
  private seed(by: unknown, path: string): string {
    const [operator, args = []] = this.logic.operation(by) ?? [];
    const parts = (operator === 'cat' ? args : [by]).map((part) => {
      const [read, [variable] = []] = this.logic.operation(part) ?? [];
      if (read === undefined) return part;
      return read !== 'var' ? undefined : variable === '$flagd.flagKey' ? this.name : variable === USER_ID ? { id: true } : undefined;
    });
    const isText = (part: unknown): part is string => typeof part === 'string';
    const seeded = parts.length > 0 && typeof parts.at(-1) === 'object' && parts.at(-1) !== null && parts.slice(0, -1).every(isText);
    if (seeded) return parts.slice(0, -1).join('');
    this.lose(path, 'draws users by a value of its own: here they are always drawn by their id');
    return JSON.stringify(by);
  }

  private variant(name: unknown, path: string): { readonly value: Json } | undefined {
    if (name === null) return { value: this.off };
    const variant = typeof name === 'boolean' ? String(name) : name;
    if (typeof variant === 'string' && Object.hasOwn(this.variants, variant)) return { value: this.variants[variant] as Json };
    this.lose(path, `gives ${excerpt(JSON.stringify(name))}, which is not a variant`);
    return undefined;
  }

  private lose(path: string, message: string): void {
    this.lost = true;
    this.draft.note(path, message);
  }
}

function isEmpty(targeting: unknown): boolean {
  return targeting === undefined || targeting === null || (typeof targeting === 'object' && Object.keys(targeting).length === 0);
}
