import type { Json } from '../../src/domain/json';
import type { PropertyCondition, Rule } from '../../src/domain/rule';

/** The few words that random commands are made of: few, so that they meet; some of them bad, so that they are refused. */
export const NAMES = ['Alpha', ' alpha', 'BETA', 'Beta', 'Caf\u00e9', 'CAFE\u0301 ', 'Gamma', 'Delta', 'Epsilon', 'Zeta', 'Eta', 'Theta'];
export const BAD_NAMES = ['', '   ', 'x'.repeat(121)];
export const DESCRIPTIONS = ['', 'one', 'two'];
export const BAD_DESCRIPTIONS = ['x'.repeat(2_001)];
export const KEY_NAMES = ['k1', 'k2', 'k3', 'k4', 'k5', 'K1', 'constructor', 'a.b-c_d'];
export const BAD_KEY_NAMES = ['1k', 'a b', '', '__proto__'];
export const KEY_TYPES: readonly string[] = ['BOOLEAN', 'STRING', 'NUMBER', 'JSON'];
export const VALUES: { readonly [type: string]: readonly Json[] } = {
  BOOLEAN: [true, false],
  STRING: ['a', 'b'],
  NUMBER: [0, 1, 2.5],
  JSON: [null, { a: 1, b: [2] }, { b: [2], a: 1 }, [1], 'a'],
};
const CITY: Rule = { property: { name: 'geo.city', operator: 'EQUALS', value: 'Miami' } };
export const RULES: readonly Rule[] = [CITY, { not: CITY }, { didNot: { event: 'Purchase', window: { lastDays: 3 } } }];
export const BAD_RULES: readonly Rule[] = [{ all: [] }, { any: [{ not: { property: { name: '', operator: 'EXISTS' } } }] }];
export const EVENTS = ['Purchase', 'Order'];
export const BAD_EVENTS = ['', ' Purchase'];
const DEAR: PropertyCondition = { name: 'price', operator: 'GREATER', value: 100 };
export const FILTERS: readonly (readonly PropertyCondition[])[] = [[], [DEAR], [DEAR, DEAR, DEAR]];
export const BAD_FILTERS: readonly (readonly PropertyCondition[])[] = [[DEAR, DEAR, DEAR, DEAR]];
