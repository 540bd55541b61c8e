import type { PropertyCondition } from '../../domain/rule';
import { mentionsOf } from '../../domain/rule-advice';
import type { SetupFile } from '../file';

/*
 * Where the evaluators of other products give another answer than ours for values of a type that the condition does not have. A condition that is carried is
 * the same for values of its own type: these are notes, and make no draft.
 */

/** What differs, for the conditions that it is about. */
interface Difference {
  readonly about: (condition: PropertyCondition) => boolean;
  readonly message: string;
}

/** All differences to one product. */
export type Differences = readonly Difference[];

const ORDER: readonly string[] = ['LESS', 'AT_MOST', 'GREATER', 'AT_LEAST'];
const TYPED: readonly string[] = ['EXISTS', 'NOT_EXISTS'];

const isEqual = ({ operator }: PropertyCondition): boolean => operator === 'EQUALS' || operator === 'IN';
const ofNumbers = ({ operator, value }: PropertyCondition): boolean =>
  typeof value === 'number' && (ORDER.includes(operator) || operator === 'EQUALS');
const ofDates = ({ operator, value }: PropertyCondition): boolean => typeof value === 'string' && ORDER.includes(operator);
const ofVersions = ({ operator }: PropertyCondition): boolean => operator.startsWith('VERSION_');
const ofTexts = (condition: PropertyCondition): boolean =>
  isEqual(condition) && [condition.value, ...(condition.values ?? [])].some((value) => typeof value === 'string');

/** What `==` of JavaScript finds equal to values of other types. */
const isLoose = ({ operator, value }: PropertyCondition): boolean =>
  operator === 'EQUALS' && (typeof value !== 'string' || value.trim() === '' || Number.isFinite(Number(value)));

const THREE_NUMBERS = 'a version that is not of three numbers fails every comparison there; here versions have any number of them';
const DIGITS = 'a text of digits is compared as a number there; here the property must be a number';

export const OF_FLAGD: Differences = [
  { about: isLoose, message: '`==` and `!=` are loose there ("1" is 1, and so is true); here values of two types are never equal' },
  {
    about: (condition) => ORDER.includes(condition.operator) && ofNumbers(condition),
    message: '`<`, `<=`, `>` and `>=` take a text of digits for its number there, and a missing value for 0; here neither passes',
  },
  { about: ofVersions, message: THREE_NUMBERS },
];

export const OF_UNLEASH: Differences = [
  { about: ofTexts, message: 'all properties are texts there, and a number or true is compared as one; here it is equal to no text' },
  { about: ofNumbers, message: DIGITS },
  { about: ofVersions, message: THREE_NUMBERS },
];

export const OF_LAUNCHDARKLY: Differences = [
  {
    about: ({ operator }) => !TYPED.includes(operator),
    message: 'of a property that is a list, one element that passes is enough there; here a list passes CONTAINS alone',
  },
  { about: ofDates, message: 'a number is a date there, in milliseconds since 1970; here a date is a text' },
];

export const OF_FIREBASE: Differences = [{ about: ofNumbers, message: DIGITS }];

/** Segments that a note names. */
const NAMED = 3;

/** What is to be noted of a file that was made of the product's export: each difference once, with the segments that it is about. */
export function differencesIn({ segments = [] }: SetupFile, differences: Differences): readonly string[] {
  const conditions = segments.map(({ name, rule }) => ({ name, all: mentionsOf(rule, '').flatMap(({ property }) => property ?? []) }));
  return differences.flatMap(({ about, message }) => {
    const names = conditions.filter(({ all }) => all.some(about)).map(({ name }) => JSON.stringify(name));
    if (names.length === 0) return [];
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    return [`evaluates otherwise: ${message} (segments ${names.slice(0, NAMED).join(', ')}${more})`];
  });
}
