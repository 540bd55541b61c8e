import type { Json } from '../domain/json';
import { isPathId } from './path';

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
