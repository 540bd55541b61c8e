import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type YAMLError } from 'yaml';
import type { Json } from '../domain/json';
import { contentOf, NO_TAGS } from './content';
import { offsetOf } from './text-offset';
import { MOST_ERRORS } from './shape';

/** Levels of lists and objects: twice what the deepest rule or value needs. */
const DEPTH = 100;

/** What a project's set-up can sensibly take. A larger text is not even looked at, and a larger file not even read. */
export const MOST_BYTES = 10_000_000;

export const tooLarge = (filename: string): string =>
  `${filename} must be smaller than ${MOST_BYTES / 1e6} MB: split it, for a file may leave out what others say`;

/** Where in a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong in a text, where in its content, and where in its lines. */
export interface TextError extends Position {
  readonly path: string;
  readonly message: string;
}

/** A YAML 1.2 or JSON text: what it says, and where it says it. */
export interface TextDocument {
  readonly content: Json;
  /** Where the thing at the path is; of a thing that is missing, where it would be: the place of the nearest above it. */
  readonly locate: (path: string) => Position;
}

/**
 * Reads one YAML 1.2 document, of which JSON is a part, as plain JSON with positions.
 *
 * Only what JSON can say is let in. Aliases, anchors and tags are refused outright, rather than followed within limits, so that a
 * small file never stands for a large one or for a loop. Depth and the number of errors are bounded while reading, not after: the library
 * recurses into what is nested, and makes one error object for each of a million faults. `filename` is what an error about the whole calls it.
 */
export function readDocument(text: string, filename = 'the file'): TextDocument | { readonly errors: readonly TextError[] } {
  if (text.length >= MOST_BYTES || Buffer.byteLength(text) >= MOST_BYTES) {
    return { errors: [{ path: '', message: tooLarge(filename), line: 1, column: 1 }] };
  }
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults: TextProblem[] = [];
  const document = compose(text, lines, faults);
  if (document === undefined) return { errors: located(faults, at) };
  const content = contentOf(document, faults, MOST_ERRORS);
  if (content === undefined || faults.length > 0) return { errors: located(faults, at) };
  return { content, locate: (path) => at(offsetOf(document, path)) };
}

/** Something wrong at an offset of the text. */
export interface TextProblem {
  readonly offset: number;
  readonly path: string;
  readonly message: string;
}

function located(faults: readonly TextProblem[], at: (offset: number) => Position): readonly TextError[] {
  return [...faults]
    .sort((a, b) => a.offset - b.offset)
    .slice(0, MOST_ERRORS)
    .map(({ offset, path, message }) => ({ path, message, ...at(offset) }));
}

/** Thrown through the library to leave it early. */
class Enough extends Error {}

function compose(text: string, lines: LineCounter, faults: TextProblem[]): Document.Parsed | undefined {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // The list that it collects its errors in, made to say when it is long enough. Its warnings are of tags and directives, refused below.
  const { errors, warnings } = composer.streamInfo();
  for (const list of [errors, warnings] as YAMLError[][]) list.push = (...found) => collect(list, found);
  const documents: Document.Parsed[] = [];
  try {
    for (const document of composer.compose(tokens(text, lines, faults), true, text.length)) {
      documents.push(document);
      if (documents.length > 1) break;
    }
  } catch (thrown) {
    if (!(thrown instanceof Enough)) throw thrown;
  }
  const [document, another] = documents;
  const found = [...errors, ...warnings, ...documents.flatMap((one) => [...one.errors, ...one.warnings])];
  for (const { pos, code, message } of new Set(found)) {
    faults.push({ offset: pos[0], path: '', message: code === 'TAG_RESOLVE_FAILED' ? NO_TAGS : message.replace(/\s+/g, ' ') });
  }
  if (another) faults.push({ offset: another.range[0], path: '', message: 'must be one document: leave out what follows the first' });
  if (document?.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    faults.push({ offset: 0, path: '', message: 'must be YAML 1.2: leave the directive out' });
  }
  return faults.length > 0 ? undefined : document;
}

function collect(list: YAMLError[], found: readonly YAMLError[]): number {
  for (const error of found) list[list.length] = error;
  if (list.length >= MOST_ERRORS) throw new Enough();
  return list.length;
}

function* tokens(text: string, lines: LineCounter, faults: TextProblem[]): Generator<CST.Token, void> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let wrong = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      yield token;
      if (token.type === 'error' && (wrong += 1) >= MOST_ERRORS) throw new Enough();
    }
    if (parser.stack.length <= DEPTH * 2) continue;
    faults.push({ offset: parser.offset, path: '', message: `must nest lists and objects at most ${DEPTH} levels deep` });
    throw new Enough();
  }
  yield* parser.end();
}
