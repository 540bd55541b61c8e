import { readDocument, type Position, type TextDocument, type TextError } from './document';
import type { SetupFile } from './file';
import { interpretSetup } from './interpret';
import { NOTHING_KNOWN, type KnownNames } from './names';
import { MOST_ERRORS } from './shape';

export interface ParseOptions {
  /** What the text is called in an error about the whole of it. */
  readonly filename?: string;
  /** What the project has that the file may name. None: the file must be whole in itself. */
  readonly known?: KnownNames;
}

/** A file and where each thing of it is, by its path, such as `flags.0.rows.1.value`; or all that is wrong with it. */
export type Parsed =
  { readonly file: SetupFile; readonly locate: (path: string) => Position } | { readonly errors: readonly [TextError, ...TextError[]] };

/**
 * Reads a set-up file, YAML or JSON. Either everything is right and the file is given in full, or the first 50 errors are, in the order
 * of the text, each with its line and column. The errors of a later stage are found only when there are none of the one before:
 * the text, its version, its shape, its meaning.
 */
export function parseSetup(text: string, { filename, known = NOTHING_KNOWN }: ParseOptions = {}): Parsed {
  const document = readDocument(text, filename);
  if ('errors' in document) return failed(document.errors);
  const interpreted = interpretSetup(document.content, known);
  if ('problems' in interpreted) return failed(placed(interpreted.problems, document));
  return { file: interpreted.file, locate: document.locate };
}

function failed(errors: readonly TextError[]): Parsed {
  const [first, ...rest] = errors;
  if (first === undefined) throw new Error('A file was refused without a reason.');
  return { errors: [first, ...rest] };
}

/** The problems of a document, each with its place, in the order of the text. */
export function placed(
  problems: readonly { readonly path: string; readonly message: string }[],
  { locate }: TextDocument,
): readonly TextError[] {
  return problems
    .slice(0, MOST_ERRORS)
    .map(({ path, message }) => ({ path, message, ...locate(path) }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}
