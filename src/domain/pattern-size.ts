/** What has been read of a pattern between two brackets: the size of all of it, and of its last part, which a repetition repeats. */
interface Read {
  all: number;
  last: number;
}

const REPEAT = /\{(\d{1,4})(,(\d{0,4}))?\}/y;
const GROUP_START = /\(\?(?:P?<[^>]*>|[a-zA-Z-]*:?)/y;

/**
 * About how many instructions a regular expression in RE2's syntax compiles to: never noticeably fewer than it does, and found from its text
 * alone, in time linear in it. A pattern that is wrong has some size too.
 */
export function patternSize(pattern: string): number {
  const outer: Read[] = [];
  let now: Read = { all: 0, last: 0 };
  const part = (size: number): void => {
    now.all += size;
    now.last = size;
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') {
      const end = endOfEscape(pattern, at);
      const quoted = pattern[at + 1] === 'Q' ? end - at - 1 : 1;
      now.all += quoted - 1;
      part(1);
      at = end;
    } else if (character === '[') {
      at = endOfClass(pattern, at);
      part(1);
    } else if (character === '(') {
      outer.push(now);
      now = { all: 0, last: 0 };
      at += matchAt(GROUP_START, pattern, at)?.[0].length ?? 1;
      at -= 1;
    } else if (character === ')') {
      // Two instructions keep where a group begins and ends.
      const size = now.all + 2;
      now = outer.pop() ?? now;
      part(size);
    } else if (character === '|') {
      now.all += 1;
      now.last = 0;
    } else if (character === '*' || character === '+' || character === '?') {
      // Of what may be empty, `x*` is `(x+)?`.
      const more = character === '*' ? 2 : 1;
      now.all += more;
      now.last += more;
    } else {
      const repeat = character === '{' ? matchAt(REPEAT, pattern, at) : undefined;
      if (repeat === undefined) part(1);
      else {
        const size = repeated(now.last, repeat);
        now.all += size - now.last;
        now.last = size;
        at += repeat[0].length - 1;
      }
    }
  }
  return outer.reduce((size, { all }) => size + all, now.all);
}

/** `x{2,4}` is `xx(x(x)?)?`, and `x{2,}` is `xx+`. */
function repeated(size: number, [, from = '', to, most = '']: RegExpExecArray): number {
  const least = Number(from);
  if (to === undefined) return Math.max(1, size * least);
  if (most === '') return size * Math.max(1, least) + 2;
  return Math.max(1, size * Number(most) + Math.max(0, Number(most) - least));
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | undefined {
  expression.lastIndex = at;
  return expression.exec(text) ?? undefined;
}

/** The last character of an escape: of `\p{Greek}` and `\x{10ffff}` the bracket, of `\Q...\E` its end. */
function endOfEscape(pattern: string, at: number): number {
  const kind = pattern[at + 1];
  if (kind === 'Q') {
    const end = pattern.indexOf('\\E', at + 2);
    return end < 0 ? pattern.length : end + 1;
  }
  if (kind !== undefined && 'pPx'.includes(kind) && pattern[at + 2] === '{') {
    const end = pattern.indexOf('}', at);
    return end < 0 ? pattern.length : end;
  }
  return at + 1;
}

/** The `]` that ends a class: not one at its beginning, nor one that is escaped, nor that of `[:alpha:]`. */
function endOfClass(pattern: string, at: number): number {
  let end = at + (pattern[at + 1] === '^' ? 2 : 1);
  if (pattern[end] === ']') end += 1;
  while (end < pattern.length && pattern[end] !== ']') {
    if (pattern[end] === '\\') end = endOfEscape(pattern, end);
    else if (pattern.startsWith('[:', end) && pattern.includes(':]', end)) end = pattern.indexOf(':]', end) + 1;
    end += 1;
  }
  return end;
}
