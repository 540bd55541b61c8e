import type { Problem } from './refusal';

export const NAME_LENGTH = 120;
const DESCRIPTION_LENGTH = 2_000;
const REASON_LENGTH = 500;
const EVENT_NAME_LENGTH = 200;
const PROPERTY_NAME_LENGTH = 120;
const COMMAND_ID_LENGTH = 128;

/** Half of a surrogate pair: no character, and UTF-8 cannot carry it, so it would come back from the store as something else. */
export const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const CONTROL_BUT_LINES_AND_TABS = /(?![\n\r\t])\p{Cc}/u;
/** Direction overrides and the like. The two joiners are let through: Persian, Indic scripts and emoji are spelled with them. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/u;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Characters that take a place and show nothing: the blank of Braille, that of music, two of hieroglyphs, the filler of Khitan. */
const BLANK = /\u{16fe4}|[\u2800\u{1d159}\u{13441}\u{13442}\p{White_Space}]/gu;
const EXCERPT = 60;

/** What was given instead, in words: `a list`, `null`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  const words: { [type: string]: string } = { string: 'a text', boolean: 'true or false', object: 'an object' };
  return words[typeof value] ?? withArticle(typeof value);
}

/** A word with its indefinite article: `a flag`, `an experiment`. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/i.test(word) ? 'an' : 'a'} ${word}`;
}

/** The beginning of a caller's text, on one line, safe to show in a message whatever it holds. */
export function excerpt(text: string): string {
  const start = text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
  return start.replace(/[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/gu, '\ufffd');
}

/** The name as it is stored. Check it first. */
export function cleanName(name: string): string {
  return name.normalize('NFC').trim();
}

/** Characters that each fold to their lower-case letter, or to themselves. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * What two names are compared by (S1): equal for people, equal here. Unicode's full case folding, the same in every locale
 * (ß is ss, the Turkish dotless ı stays itself), without the characters that no one sees. Folding twice changes nothing.
 *
 * Lower, upper, lower, because JavaScript has no folding and either step alone misses some (ẞ, ß, ς). Normalizing is quadratic
 * in a run of combining marks: bound a text before it comes here.
 */
export function foldName(name: string): string {
  // Most names, and folded for every event of a rebuild that is about one.
  if (PLAIN.test(name)) return name.toLowerCase().trim();
  const parts = name.normalize('NFD').replace(IGNORABLE, '').toLowerCase().split('ı');
  const folded = parts.map((part) => part.toUpperCase().toLowerCase()).join('ı');
  return folded.replaceAll('ς', 'σ').normalize('NFC').trim();
}

/** A name that people give: 1 to 120 characters once cleaned. One that is stored already may be given again as it is. */
export function checkName(value: unknown, path: string, stored: readonly string[] = []): Problem[] {
  if (typeof value === 'string' && stored.includes(value)) return [];
  const rule = `must be a name of 1 to ${NAME_LENGTH} characters`;
  if (typeof value !== 'string') return [{ path, message: `${rule}, not ${kindOf(value)}` }];
  const name = value.trim();
  // Counted in full only when it is near the limit: normalizing a hostile megabyte takes minutes.
  if (name.length > NAME_LENGTH * 4 || length(name.normalize('NFC')) > NAME_LENGTH)
    return [{ path, message: `${rule}; this one is longer` }];
  return unreadable(name, path) ?? (isVisible(name) ? [] : [{ path, message: `${rule}, at least one of them visible` }]);
}

/** Whether it could be a name, so far that folding it costs little. */
export function couldBeName(text: string): boolean {
  return text.length <= NAME_LENGTH * 4 && foldName(text) !== '';
}

/** Whether anything of it is seen. */
function isVisible(name: string): boolean {
  return foldName(name).replace(BLANK, '') !== '';
}

/** Free text of at most 2,000 characters. It may be empty, and have lines and tabs. */
export function checkDescription(value: unknown, path: string): Problem[] {
  return checkProse(value, path, 'must be a text', DESCRIPTION_LENGTH);
}

/** Why someone did it, for the record: at most 500 characters. */
export function checkReason(value: unknown, path: string): Problem[] {
  return checkProse(value, path, 'must be a reason', REASON_LENGTH);
}

/** A key's name as the app's code spells it (K1). */
export function checkKeyName(value: unknown, path: string): Problem[] {
  if (value === '__proto__') return [{ path, message: 'must not be "__proto__", which JavaScript keeps for itself' }];
  if (typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_.-]{0,119}$/.test(value)) return [];
  return [{ path, message: 'must be 1 to 120 of the characters A-Z a-z 0-9 _ . - and begin with a letter or _' }];
}

export function checkProjectId(value: unknown, path: string): Problem[] {
  if (typeof value === 'string' && /^[a-z][a-z0-9-]{1,62}$/.test(value)) return [];
  return [{ path, message: 'must be 2 to 63 of the characters a-z 0-9 - and begin with a letter' }];
}

/** The id that a client chose for its command (A1). */
export function checkCommandId(value: unknown, path: string): Problem[] {
  if (typeof value === 'string' && value.length <= COMMAND_ID_LENGTH && /^[\x20-\x7e]+$/.test(value)) return [];
  return [{ path, message: `must be 1 to ${COMMAND_ID_LENGTH} printable ASCII characters` }];
}

/** The name of an event that the app sends. Compared exactly, so it is refused rather than cleaned. */
export function checkEventName(value: unknown, path: string): Problem[] {
  return checkExactName(value, path, 'must be the name of an event', EVENT_NAME_LENGTH);
}

/** The name of a property of a user or of an event. Compared exactly, so it is refused rather than cleaned. */
export function checkPropertyName(value: unknown, path: string): Problem[] {
  if (value === '__proto__') return [{ path, message: 'must not be "__proto__", which JavaScript keeps for itself' }];
  return checkExactName(value, path, 'must be the name of a property', PROPERTY_NAME_LENGTH);
}

function checkExactName(value: unknown, path: string, what: string, max: number): Problem[] {
  const rule = `${what}, 1 to ${max} characters`;
  if (typeof value !== 'string') return [{ path, message: `${rule}, not ${kindOf(value)}` }];
  if (value === '') return [{ path, message: `${rule}, not empty` }];
  if (longerThan(value, max)) return [{ path, message: `${rule}; this one is longer` }];
  if (value !== value.trim()) return [{ path, message: `${rule}, with no space at either end` }];
  return unreadable(value, path) ?? (isVisible(value) ? [] : [{ path, message: `${rule}, at least one of them visible` }]);
}

function checkProse(value: unknown, path: string, what: string, max: number): Problem[] {
  const rule = `${what} of at most ${max.toLocaleString('en')} characters`;
  if (typeof value !== 'string') return [{ path, message: `${rule}, not ${kindOf(value)}` }];
  if (longerThan(value, max)) return [{ path, message: `${rule}; this one is longer` }];
  if (LONE_SURROGATE.test(value)) return [{ path, message: 'must not have half a character (a lone surrogate)' }];
  if (CONTROL_BUT_LINES_AND_TABS.test(value)) return [{ path, message: 'must not have control characters, apart from new lines and tabs' }];
  return [];
}

function unreadable(text: string, path: string): Problem[] | undefined {
  if (LONE_SURROGATE.test(text)) return [{ path, message: 'must not have half a character (a lone surrogate)' }];
  if (CONTROL.test(text)) return [{ path, message: 'must not have control characters, tabs or new lines' }];
  if (INVISIBLE.test(text))
    return [{ path, message: 'must not have invisible characters, such as one that changes the writing direction' }];
  return undefined;
}

/** Whether a text has more characters than that. Every limit that is said in characters is counted so: an emoji is one, not two. */
export function longerThan(text: string, most: number): boolean {
  return text.length > most && (text.length > most * 2 || length(text) > most);
}

/** In characters as people count them, nearly: code points, not UTF-16 units. */
export function length(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** How many there are of what is given in the singular. */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
