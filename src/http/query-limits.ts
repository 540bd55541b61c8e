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

/** Lists and objects inside one another that variables may have: far more than any input takes, so that what is a little too deep is refused in its own words. */
const MOST_NESTED_VARIABLES = 300;
/** Lists and objects in all. Each costs its coercion: a megabyte of empty ones would take seconds. */
const MOST_VARIABLE_PARTS = 25_000;

/**
 * Refuses variables that nest so deeply that coercing, hashing or printing them could end the stack, each of which calls itself once for
 * every level, or that have so many parts that it would take long: to be asked before anything else looks at them. Throws an error with the code `LIMIT_EXCEEDED`.
 *
 * A walk level by level, not a recursion, which ends at the limit.
 */
export function refuseDeepVariables(variables: Readonly<Record<string, unknown>> | null | undefined): void {
  let level = inside([variables ?? {}]);
  let all = 0;
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MOST_NESTED_VARIABLES) {
      throw limitExceeded(
        `The variables have more than ${MOST_NESTED_VARIABLES} lists and objects inside one another, which is the limit.`,
      );
    }
    all += level.length;
    if (all > MOST_VARIABLE_PARTS) {
      throw limitExceeded(
        `The variables have more than ${MOST_VARIABLE_PARTS} lists and objects in all, which is the limit. Send less at once.`,
      );
    }
    level = inside(level);
  }
}

/** The lists and objects that are members of these. */
function inside(containers: readonly object[]): object[] {
  const found: object[] = [];
  for (const container of containers) {
    for (const member of Object.values(container)) if (typeof member === 'object' && member !== null) found.push(member as object);
  }
  return found;
}
