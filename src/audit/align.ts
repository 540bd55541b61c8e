import { canonical, type Json } from '../domain/json';

const BARE_MEMBER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
/** Begins with no digit, so that it is never taken for a place in the list. */
const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Whether things with such ids can be distinguished in a path. */
function isPathId(id: unknown): id is string {
  return typeof id === 'string' && ID.test(id);
}

/** `rule` and `rule.all`; a name that is no plain word is quoted: `defaultValue["é t"]`. */
export function memberPath(path: string, name: string): string {
  if (!BARE_MEMBER.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** `rule.all[1]` by place, `rows[r1]` by id. */
export function itemPath(path: string, item: number | string): string {
  return `${path}[${item}]`;
}

/** How the items of one list became those of another. Places count in the list they are named for. */
export interface Alignment {
  /** Items that are the same thing, changed within: the place before and the place after. */
  readonly changed: readonly Pair[];
  /** Items in the place of another. */
  readonly replaced: readonly Pair[];
  /** Places before. */
  readonly removed: readonly number[];
  /** Places after. */
  readonly added: readonly number[];
}

type Pair = readonly [before: number, after: number];

/** Two lists longer than this, after what they have in common at both ends, are compared place by place: the search is quadratic. */
const SEARCHED = 250_000;

/**
 * Aligns two lists whose items have no ids, such as the branches of a segment rule: what is equal stays, in the longest order that both
 * have; of what is left in between, items of one kind (conditions on one property or event, groups of one sort) are taken for one
 * that changed; the rest is replaced in order, removed or added.
 */
export function align(before: readonly Json[], after: readonly Json[]): Alignment {
  const changed: Pair[] = [];
  const replaced: Pair[] = [];
  const removed: number[] = [];
  const added: number[] = [];
  for (const gap of gaps(commonOrder(before, after, canonical), whole(before, after))) {
    const likes = commonOrder(before.slice(gap.before, gap.beforeEnd), after.slice(gap.after, gap.afterEnd), kindOfItem).map(
      ([b, a]): Pair => [b + gap.before, a + gap.after],
    );
    changed.push(...likes);
    for (const rest of gaps(likes, gap)) {
      let { before: b, after: a } = rest;
      while (b < rest.beforeEnd && a < rest.afterEnd) replaced.push([b++, a++]);
      while (b < rest.beforeEnd) removed.push(b++);
      while (a < rest.afterEnd) added.push(a++);
    }
  }
  return { changed, replaced, removed, added };
}

interface Gap {
  readonly before: number;
  readonly beforeEnd: number;
  readonly after: number;
  readonly afterEnd: number;
}

const whole = (before: readonly Json[], after: readonly Json[]): Gap => ({
  before: 0,
  beforeEnd: before.length,
  after: 0,
  afterEnd: after.length,
});

/** What lies between the pairs, within the bounds. */
function gaps(pairs: readonly Pair[], bounds: Gap): readonly Gap[] {
  const found: Gap[] = [];
  let { before, after } = bounds;
  for (const [b, a] of [...pairs, [bounds.beforeEnd, bounds.afterEnd] as const]) {
    if (b > before || a > after) found.push({ before, beforeEnd: b, after, afterEnd: a });
    before = b + 1;
    after = a + 1;
  }
  return found;
}

/** The longest common subsequence of the items' labels, as pairs of places. */
function commonOrder(before: readonly Json[], after: readonly Json[], label: (item: Json) => string): readonly Pair[] {
  const numbers = new Map<string, number>();
  const numbered = (item: Json): number => {
    const name = label(item);
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  const b = before.map(numbered);
  const a = after.map(numbered);
  let start = 0;
  while (start < b.length && start < a.length && b[start] === a[start]) start += 1;
  let tail = 0;
  while (tail < b.length - start && tail < a.length - start && b[b.length - 1 - tail] === a[a.length - 1 - tail]) tail += 1;
  const pairs: Pair[] = [];
  for (let at = 0; at < start; at += 1) pairs.push([at, at]);
  for (const [x, y] of longest(b.slice(start, b.length - tail), a.slice(start, a.length - tail))) pairs.push([x + start, y + start]);
  for (let at = tail; at > 0; at -= 1) pairs.push([b.length - at, a.length - at]);
  return pairs;
}

function longest(b: readonly number[], a: readonly number[]): readonly Pair[] {
  if (b.length * a.length > SEARCHED) return b.flatMap((one, at): Pair[] => (one === a[at] ? [[at, at]] : []));
  const width = a.length + 1;
  const lengths = new Uint16Array((b.length + 1) * width);
  for (let x = b.length - 1; x >= 0; x -= 1) {
    for (let y = a.length - 1; y >= 0; y -= 1) {
      const both = b[x] === a[y] ? lengths[(x + 1) * width + y + 1]! + 1 : 0;
      lengths[x * width + y] = Math.max(both, lengths[(x + 1) * width + y]!, lengths[x * width + y + 1]!);
    }
  }
  const pairs: Pair[] = [];
  for (let x = 0, y = 0; x < b.length && y < a.length;) {
    if (b[x] === a[y]) pairs.push([x++, y++]);
    else if (lengths[(x + 1) * width + y]! >= lengths[x * width + y + 1]!) x += 1;
    else y += 1;
  }
  return pairs;
}

/** Items of one kind are taken for one that changed. A leaf of a rule is known by what it asks about. */
function kindOfItem(item: Json): string {
  if (Array.isArray(item)) return 'list';
  if (typeof item !== 'object' || item === null) return 'scalar';
  const named = subject(item);
  if (named !== undefined) return named;
  const names = Object.keys(item).sort();
  const within = names.length === 1 ? subject((item as { readonly [name: string]: Json })[names[0]!]!) : undefined;
  return `${JSON.stringify(names)} ${within ?? ''}`;
}

function subject(item: Json): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { name, event } = item as { readonly name?: Json; readonly event?: Json };
  const what = name ?? event;
  return typeof what === 'string' ? what : undefined;
}

/** Items of a list by their ids, in the list's order. */
export interface Identified {
  readonly by: 'id' | 'key';
  readonly items: ReadonlyMap<string, Json>;
}

/**
 * The items by id, if each has one of its own: rows and variants by `id`, the values they give by `key`. undefined: only their places
 * distinguish them.
 */
export function identify(list: readonly Json[]): Identified | undefined {
  return identifyBy('id', list) ?? identifyBy('key', list);
}

function identifyBy(by: Identified['by'], list: readonly Json[]): Identified | undefined {
  const items = new Map<string, Json>();
  for (const item of list) {
    if (typeof item !== 'object' || item === null || !Object.hasOwn(item, by)) return undefined;
    const id = (item as { readonly [name: string]: Json })[by];
    if (!isPathId(id) || items.has(id)) return undefined;
    items.set(id, item);
  }
  return { by, items };
}
