import type { Json } from '../../src/domain/json';

/** As much as a request may hold, of one sort each: what is said here is what a set-up may cost. */
const times = <T>(count: number, one: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => one(index));
const keys = times(500, (index) => ({ name: `k${index}`, type: 'NUMBER', default: 1 }));
const leaf = (value: number) => ({ property: { name: 'p', operator: 'EQUALS', value } });

/** Segments with so many conditions in all, 200 each. */
export const conditions = (count: number): Json => ({
  version: 2,
  segments: times(Math.ceil(count / 200), (index) => ({
    name: `s${index}`,
    rule: { any: times(Math.min(200, count - index * 200), leaf) },
  })),
});

export const LARGE_SETUPS = {
  conditions: conditions(20_000),
  rows: {
    version: 2,
    keys,
    flags: keys.map(({ name }, index) => ({
      name: `f${index}`,
      key: name,
      status: 'LIVE',
      rows: times(100, (value) => ({ value })),
    })),
  },
  things: {
    version: 2,
    keys,
    segments: times(1_000, (index) => ({ name: `s${index}`, rule: leaf(index) })),
    goals: times(500, (index) => ({ name: `g${index}`, event: 'bought' })),
    flags: keys.map(({ name }, index) => ({ name: `f${index}`, key: name, status: 'LIVE', rows: [{ segment: 's1', value: 1 }] })),
    configs: keys.map(({ name }, index) => ({ name: `c${index}`, keys: [name], status: 'LIVE', rows: [{ values: { [name]: 2 } }] })),
    experiments: times(1_000, (index) => ({
      name: `x${index}`,
      keys: ['k1'],
      goals: ['g1'],
      variants: [
        { name: 'A', control: true, weight: 50 },
        { name: 'B', weight: 50, values: { k1: 1 } },
      ],
    })),
  },
  patterns: {
    version: 2,
    segments: times(250, (index) => ({
      name: `s${index}`,
      rule: { property: { name: 'p', operator: 'MATCHES', value: `(${String(index)}a{1,40}){1,19}` } },
    })),
  },
} as unknown as { readonly [what: string]: Json };
