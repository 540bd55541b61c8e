import { writeFile } from 'node:fs/promises';
import { PRIVATE_FILE } from '../files/private';
import { CommandFailed, type Terminal } from './verb';

/** Prints a text, or writes it where it is wanted. */
export async function writeOut(terminal: Terminal, output: string | undefined, text: string): Promise<void> {
  if (output === undefined) return (terminal.data ?? terminal.out)(text);
  await writeFile(output, text, { mode: PRIVATE_FILE }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${output} cannot be written: ${error.message}`);
  });
}
