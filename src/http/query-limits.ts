import { GraphQLError, Kind, type SelectionSetNode, type ValidationContext, type ValidationRule } from 'graphql';

/** What one document may ask for. Tokens are counted by the parser, so that nothing after it meets a document without bounds. */
export interface QueryLimits {
  readonly depth: number;
  readonly tokens: number;
  readonly aliases: number;
  readonly cost: number;
}

/** Brackets within brackets that a document may have, whatever the other limits are: parser and rules call themselves once for each. */
const MOST_NESTED = 300;

/**
 * What is wrong with a text whose brackets nest so deeply that reading it could end the stack; to be asked before anything parses it,
 * since the parser counts tokens, and some ten thousand calls fit into fewer tokens than honest documents need. Only looks at long ones.
 */
export function nestingProblem(text: string): string | undefined {
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

/** Refuses a document whose fields nest deeper than the limit, fragments counted where they are spread. */
export function depthLimit(limit: number): ValidationRule {
  return (context) => ({
    Document: ({ definitions }) => {
      const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      const measured = new Map<string, number>();
      const depth = Math.max(0, ...operations.map(({ selectionSet }) => depthOf(selectionSet, context, measured)));
      if (depth <= limit) return;
      context.reportError(
        limitExceeded(`The query is ${depth} levels deep; at most ${limit} are allowed (QUERY_DEPTH). Ask for less at once.`),
      );
    },
  });
}

/** Refuses a document that asks for the same things many times under other names. */
export function aliasLimit(limit: number): ValidationRule {
  return (context) => {
    let aliases = 0;
    return {
      Field: (node) => void (aliases += node.alias === undefined ? 0 : 1),
      Document: {
        leave: () => {
          if (aliases <= limit) return;
          context.reportError(
            limitExceeded(`The query has ${aliases} aliases; at most ${limit} are allowed (QUERY_ALIASES). Use several requests.`),
          );
        },
      },
    };
  };
}

export function limitExceeded(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED' } });
}

/**
 * How many fields are above the deepest one, itself counted. Every fragment is measured once, so spreads of spreads take no longer than
 * the text; one that is met while it is being measured (a cycle, which another rule reports) counts as nothing.
 */
function depthOf(selectionSet: SelectionSetNode | undefined, context: ValidationContext, measured: Map<string, number>): number {
  let deepest = 0;
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      if (!measured.has(name)) {
        measured.set(name, 0);
        measured.set(name, depthOf(context.getFragment(name)?.selectionSet, context, measured));
      }
      deepest = Math.max(deepest, measured.get(name) ?? 0);
    } else {
      const below = depthOf(selection.selectionSet, context, measured);
      deepest = Math.max(deepest, selection.kind === Kind.FIELD ? below + 1 : below);
    }
  }
  return deepest;
}
