import { open } from 'node:fs/promises';
import type { Problem } from '../domain/refusal';
import { MOST_BYTES, readDocument, tooLarge, type TextDocument, type TextError } from '../setup/document';
import { formProblems } from '../setup/interpret';
import { placed } from '../setup/parse';
import { CommandFailed } from './verb';

/** A file of the caller's: its content, and where things are in it. */
export interface SetupText extends TextDocument {
  readonly filename: string;
}

/** The text of a file of a size that is worth reading. A larger one is refused before it is read. */
export async function readText(filename: string): Promise<string> {
  const handle = await open(filename).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(error.code === 'ENOENT' ? `There is no file ${filename}` : `${filename} cannot be opened: ${error.message}`);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new CommandFailed(`${filename} is not a file`);
    if (stats.size >= MOST_BYTES) throw new CommandFailed(tooLarge(filename));
    return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new CommandFailed(`${filename} must be text in UTF-8`);
    throw error;
  } finally {
    await handle.close();
  }
}

/** Reads a YAML or JSON file of the right shape. What it means is for the server to say, which knows what the project has. */
export async function readSetupText(filename: string): Promise<SetupText> {
  const document = readDocument(await readText(filename), filename);
  if ('errors' in document) throw new CommandFailed(errorLines(filename, document.errors));
  const text = { filename, ...document };
  const problems = formProblems(document.content);
  if (problems.length > 0) throw new CommandFailed(problemLines(text, problems));
  return text;
}

/** `FILE:line:column: path: message`, one a line, as editors and terminals know to follow. */
export function errorLines(filename: string, errors: readonly TextError[]): string {
  return errors
    .map(({ line, column, path, message }) => `${filename}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`)
    .join('\n');
}

/** The problems of a refusal, each at its place in the file; one that is not about the file stands at its beginning. */
export function problemLines(text: SetupText, problems: readonly Problem[]): string {
  const inFile = problems.map(({ path, message }) => ({ path: path.replace(/^setup\.?/, '').replace(/\[(\d+)\]/g, '.$1'), message }));
  return errorLines(text.filename, placed(inFile, text));
}
