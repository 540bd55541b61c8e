import { GraphQLError } from 'graphql';

/** What one document may ask for. Tokens are counted by the parser, so that nothing after it meets a document without bounds. */
export interface QueryLimits {
  readonly depth: number;
  readonly tokens: number;
  readonly aliases: number;
  readonly cost: number;
}

/** Bytes of a document's text, blanks and comments included: all of it is read, hashed and kept. */
export const TEXT_BYTES = 65_536;
/** Brackets within brackets that a document may have, whatever the other limits are: parser and rules call themselves once for each. */
export const MOST_NESTED = 300;

/** What about a document's text is over a limit, in words; undefined: nothing. To be asked before anything else looks at it. */
export function textProblem(text: string): string | undefined {
  // A character has at most three bytes.
  if (text.length > TEXT_BYTES || (3 * text.length > TEXT_BYTES && Buffer.byteLength(text) > TEXT_BYTES)) {
    return `The document has more than ${TEXT_BYTES} bytes, which is the limit, blanks and comments included. Send values as variables.`;
  }
  return nestingProblem(text);
}

/**
 * What is wrong with a text whose brackets nest so deeply that reading it could end the stack; to be asked before anything parses it,
 * since the parser counts tokens, and some ten thousand calls fit into fewer tokens than honest documents need. Only looks at long ones.
 */
function nestingProblem(text: string): string | undefined {
  if (text.length <= MOST_NESTED) return undefined;
  let nested = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[' || character === '(') nested += 1;
    else if (character === '}' || character === ']' || character === ')') nested -= 1;
    else if (character === '#') at = endOfLine(text, at);
    else if (character === '"') at = text.startsWith('"""', at) ? endOfBlock(text, at + 3) : endOfString(text, at + 1);
    if (nested > MOST_NESTED) {
      return `The document has more than ${MOST_NESTED} brackets within brackets, which is the limit. Ask for less at once.`;
    }
  }
  return undefined;
}

// Each of these looks at a character once (a regular expression would look again and again at strings that do not end).

function endOfLine(text: string, at: number): number {
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

function endOfString(text: string, at: number): number {
  while (at < text.length && text[at] !== '"' && text[at] !== '\n' && text[at] !== '\r') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function endOfBlock(text: string, at: number): number {
  while (at < text.length && !text.startsWith('"""', at)) at += text.startsWith('\\"""', at) ? 4 : 1;
  return at + 2;
}

export const LIMIT_EXCEEDED = 'LIMIT_EXCEEDED';

export function limitExceeded(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: LIMIT_EXCEEDED } });
}
