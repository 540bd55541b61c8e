import { createReadStream } from 'node:fs';
import { BrokenFile } from '../audit/exported';
import { CommandFailed } from './verb';

/** The longest line there can be, in bytes: an event is at most an append, and its text is in a line once. */
const MAX_LINE_CHARACTERS = 4 * 1024 * 1024;

/** The bytes of a file, or of a pipe, which can be read once only. */
export async function* bytesIn(file: string): AsyncGenerator<Buffer, void> {
  try {
    yield* createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new CommandFailed(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Lines of any number, in UTF-8, never more than one in memory. An empty one at the end is none. */
export async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts: Buffer[] = [];
  let [waiting, at] = [0, 0];
  const take = (end: Buffer): string => {
    parts.push(end);
    const line = Buffer.concat(parts.splice(0));
    waiting = 0;
    at += 1;
    try {
      return decoder.decode(line);
    } catch (error) {
      throw new BrokenFile(at, `it is not text in UTF-8 (${(error as Error).message})`);
    }
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, from)) {
      yield take(chunk.subarray(from, newline));
      from = newline + 1;
    }
    parts.push(chunk.subarray(from));
    waiting += chunk.length - from;
    if (waiting > MAX_LINE_CHARACTERS) throw new BrokenFile(at + 1, `it is longer than any event can be (${MAX_LINE_CHARACTERS} bytes)`);
  }
  if (waiting > 0) yield take(Buffer.alloc(0));
}

export const linesIn = (file: string): AsyncIterable<string> => linesOf(bytesIn(file));
