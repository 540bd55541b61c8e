const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const BLANKS: readonly number[] = [0x20, 0x0a, 0x0d, 0x09];

/**
 * The name of the first member that is given twice in one object, or that is one of `refused`, in a text that is JSON: of what is given twice most
 * programs take the last, some the first. It looks at each character once, and does not recurse.
 */
export function ambiguousMember(text: string, refused: readonly string[] = []): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      const end = endOfString(text, at);
      if (isName(text, end)) {
        const name = nameOf(text, at, end);
        const names = (open[open.length - 1] ??= new Set());
        if (names.has(name) || refused.includes(name)) return name;
        names.add(name);
      }
      at = end;
    } else if (character === OPEN_OBJECT || character === OPEN_LIST) open.push(undefined);
    else if (character === CLOSE_OBJECT || character === CLOSE_LIST) open.pop();
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let end = start;
  do end = text.indexOf('"', end + 1);
  while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (BLANKS.includes(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === COLON;
}

function nameOf(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}
