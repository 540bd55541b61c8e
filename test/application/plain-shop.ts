import { Map } from 'immutable';
import type { Envelope } from '../../src/domain/event';

/** What a client may ask for here: a few keys, and flags that use them. */
export type Wish =
  | { readonly kind: 'create' | 'archive' | 'restore'; readonly key: string }
  | { readonly kind: 'describe'; readonly key: string; readonly text: string }
  | { readonly kind: 'use'; readonly key: string; readonly flag: string }
  | { readonly kind: 'unuse'; readonly flagId: string };

interface PlainKey {
  readonly archived: boolean;
  readonly description: string;
}
interface PlainFlag {
  readonly name: string;
  readonly key: string;
  readonly archived: boolean;
}

/** The rules of keys and flags once more, as plainly as they can be said, and sharing nothing with the domain. */
export interface PlainShop {
  readonly keys: Map<string, PlainKey>;
  readonly flags: Map<string, PlainFlag>;
}

export const EMPTY: PlainShop = { keys: Map(), flags: Map() };

/** The type of the event that the wish must cause, `none` if it changes nothing, or the code of its refusal. */
export function foretell({ keys, flags }: PlainShop, wish: Wish, keyLimit: number): string {
  if (wish.kind === 'unuse') {
    const flag = flags.get(wish.flagId);
    if (flag === undefined) return 'NOT_FOUND';
    return flag.archived ? 'none' : 'FlagArchived';
  }
  const key = keys.get(wish.key);
  const full = keys.count(({ archived }) => !archived) >= keyLimit;
  const inUse = flags.filter(({ archived }) => !archived);
  switch (wish.kind) {
    case 'create':
      return key ? 'ALREADY_EXISTS' : full ? 'LIMIT_REACHED' : 'KeyCreated';
    case 'describe':
      if (!key) return 'NOT_FOUND';
      return key.description === wish.text ? 'none' : key.archived ? 'ILLEGAL_STATE' : 'KeyDescribed';
    case 'archive':
      if (!key) return 'NOT_FOUND';
      return key.archived ? 'none' : inUse.some((flag) => flag.key === wish.key) ? 'IN_USE' : 'KeyArchived';
    case 'restore':
      if (!key) return 'NOT_FOUND';
      return !key.archived ? 'none' : full ? 'LIMIT_REACHED' : 'KeyRestored';
    case 'use':
      if (!key || key.archived) return 'INVALID_INPUT';
      if (inUse.some(({ name }) => name === wish.flag)) return 'ALREADY_EXISTS';
      return inUse.some((flag) => flag.key === wish.key) ? 'IN_USE' : 'FlagCreated';
  }
}

/** The shop after one more event of the ledger. */
export function after(shop: PlainShop, { type, entity: { id, name }, data }: Envelope): PlainShop {
  const { keys, flags } = shop;
  const key = (change: Partial<PlainKey>): PlainShop => ({
    keys: keys.update(id, { archived: false, description: '' }, (was) => ({ ...was, ...change })),
    flags,
  });
  switch (type) {
    case 'ProjectCreated':
      return shop;
    case 'KeyCreated':
      return key({});
    case 'KeyDescribed':
      return key({ description: (data as { to: string }).to });
    case 'KeyArchived':
      return key({ archived: true });
    case 'KeyRestored':
      return key({ archived: false });
    case 'FlagCreated':
      return { keys, flags: flags.set(id, { name, key: (data as { key: string }).key, archived: false }) };
    case 'FlagArchived':
      return { keys, flags: flags.update(id, { name, key: '', archived: true }, (was) => ({ ...was, archived: true })) };
    default:
      throw new Error(`no one asked for ${type}`);
  }
}
