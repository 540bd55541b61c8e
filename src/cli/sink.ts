import { open, writeFile } from 'node:fs/promises';
import { PRIVATE_FILE } from '../files/private';
import { CommandFailed, Ended, EXIT, type Terminal } from './verb';
import { join } from 'node:path';
import { intoPlace } from './into-place';

/** How much is gathered before it goes out. */
const BLOCK_CHARACTERS = 64 * 1024;

/** Takes a piece of text; what it answers is to be waited for, so that no more is in memory than the reader is behind. */
export type Write = (text: string) => Promise<void> | undefined;

/** Lets something long be written, to standard output or into a file. A file gets its name when it is complete, and replaces what had it. */
export async function writeAlong(terminal: Terminal, output: string | undefined, produce: (write: Write) => Promise<void>): Promise<void> {
  if (output === undefined) {
    return gathered(produce, async (text) => {
      if (terminal.gone?.aborted === true) throw new Ended(EXIT.ok);
      (terminal.data ?? terminal.out)(text);
      await terminal.drained?.();
    });
  }
  await intoPlace(output, true, async (directory) => {
    const file = join(directory, 'written');
    const handle = await open(file, 'wx', PRIVATE_FILE);
    try {
      await gathered(produce, (text) =>
        handle.appendFile(text).catch((error: Error) => {
          throw new CommandFailed(`${output} cannot be written: ${error.message}`, { cause: error });
        }),
      );
    } finally {
      await handle.close();
    }
    return file;
  });
}

async function gathered(produce: (write: Write) => Promise<void>, send: (text: string) => Promise<void>): Promise<void> {
  let text = '';
  const flush = (): Promise<void> => {
    const block = text;
    text = '';
    return send(block);
  };
  await produce((piece) => {
    text += piece;
    return text.length >= BLOCK_CHARACTERS ? flush() : undefined;
  });
  if (text !== '') await flush();
}

/** Prints a text, or writes it where it is wanted. */
export async function writeOut(terminal: Terminal, output: string | undefined, text: string): Promise<void> {
  if (output === undefined) return (terminal.data ?? terminal.out)(text);
  await writeFile(output, text, { mode: PRIVATE_FILE }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${output} cannot be written: ${error.message}`);
  });
}
