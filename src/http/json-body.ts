import { isUtf8 } from 'node:buffer';

/** The body cannot be what the client meant; the message is for the client. */
export class BodyRefused extends Error {
  readonly statusCode = 400;
}

const SEND = 'Send {"query": "...", "variables": {...}}.';
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = { object: 0x7b, list: 0x5b } as const;
const CLOSE = { object: 0x7d, list: 0x5d } as const;
const BLANKS: readonly number[] = [0x20, 0x0a, 0x0d, 0x09];

/**
 * What the bytes of a body say, if they say one thing: bytes that are no UTF-8 would be read as something else, and of a member that is given twice the
 * last would count without a word. Throws `BodyRefused`.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new BodyRefused(`The body is empty. ${SEND}`);
  if (!isUtf8(bytes)) throw new BodyRefused('The body is not UTF-8: send JSON as UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BodyRefused(`The body is not JSON. ${SEND}`, { cause: error });
  }
  refuseMembers(text);
  return value;
}

/** Looks at each character once; the text is JSON. */
function refuseMembers(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      const end = endOfString(text, at);
      if (isName(text, end)) {
        const name = nameOf(text, at, end);
        if (name === '__proto__') throw new BodyRefused('The body has a member named __proto__, which is not accepted: leave it out.');
        const names = (open[open.length - 1] ??= new Set());
        if (names.has(name))
          throw new BodyRefused(`The body has the member ${JSON.stringify(name.slice(0, 100))} twice in one object: leave one out.`);
        names.add(name);
      }
      at = end;
    } else if (character === OPEN.object || character === OPEN.list) open.push(undefined);
    else if (character === CLOSE.object || character === CLOSE.list) open.pop();
  }
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
