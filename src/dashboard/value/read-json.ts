import { keyWords as text } from '../words/setup';

/** What was typed, read; or what is wrong with it, for a person. */
export type Read = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: string; readonly value?: undefined };

/** Reads JSON. What is none is said with its line and column, which browsers say each in their own words, or not at all. */
export function readJson(json: string): Read {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    const fault = faultOf(json);
    if (fault === json.length) return { problem: text.jsonEnds };
    const before = json.slice(0, fault).split('\n');
    return { problem: text.badJson(before.length, (before.at(-1) ?? '').length + 1) };
  }
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SCALAR = new RegExp(`${STRING.source}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`, 'y');
/** Deeper than any value that the ledger takes. */
const DEEPEST = 1_000;

/** The place that no JSON goes on from: its length, if something is missing at its end. */
function faultOf(json: string): number {
  let at = 0;
  const take = (token: RegExp | string): boolean => {
    SPACE.lastIndex = at;
    at += SPACE.exec(json)?.[0].length ?? 0;
    if (typeof token === 'string') {
      if (!json.startsWith(token, at)) return false;
      at += token.length;
      return true;
    }
    token.lastIndex = at;
    const found = token.exec(json);
    at += found?.[0].length ?? 0;
    return found !== null;
  };
  const list = (end: string, item: () => boolean): boolean => {
    if (take(end)) return true;
    do if (!item()) return false;
    while (take(','));
    return take(end);
  };
  const value = (depth: number): boolean => {
    if (depth > DEEPEST) return false;
    if (take('{')) return list('}', () => take(STRING) && take(':') && value(depth + 1));
    if (take('[')) return list(']', () => value(depth + 1));
    return take(SCALAR);
  };
  // What comes after a whole value is a fault, too.
  if (value(0)) take('');
  return at;
}
