import { once } from 'node:events';
import { createInterface } from 'node:readline';
import 'reflect-metadata';
import { version } from '../../package.json';
import { verbs } from './verbs';
import { run } from './program';

/** The command line of this process. */
export async function main(): Promise<void> {
  const gone = new AbortController();
  process.stdout.once('error', () => gone.abort());
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreLeaving);
  const terminal = {
    environment: process.env,
    colors: process.stdout.isTTY && process.stdout.hasColors(),
    live: process.stderr.isTTY,
    interactive: process.stdout.isTTY,
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
    drained: () => drained(gone.signal),
    gone: gone.signal,
    ...(process.stdin.isTTY && process.stdout.isTTY ? { next } : {}),
  };
  process.exitCode = await run(process.argv.slice(2), verbs, terminal, version);
}

/** The end of the input (Ctrl-D), or a q, is enough. */
async function next(): Promise<boolean> {
  const input = createInterface({ input: process.stdin });
  try {
    const ended = once(input, 'close').then(() => 'q');
    const [line] = await Promise.race([once(input, 'line'), ended.then((text) => [text])]);
    return !String(line).trim().toLowerCase().startsWith('q');
  } finally {
    input.close();
  }
}

/** A reader that has gone takes nothing more, which ends the wait as well. */
async function drained(gone: AbortSignal): Promise<void> {
  if (gone.aborted || !process.stdout.writableNeedDrain) return;
  await once(process.stdout, 'drain', { signal: gone }).catch((error: Error) => {
    if (!gone.aborted) throw error;
  });
}

/** Anyone who read along (`head`, a pager) has seen enough. What was asked for is done all the same, and its exit code stays true. */
function ignoreLeaving(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
