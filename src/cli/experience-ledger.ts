import 'reflect-metadata';
import { version } from '../../package.json';
import { verbs } from './index';
import { run } from './program';

/** The command line of this process. */
export async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreLeaving);
  const terminal = {
    environment: process.env,
    colors: process.stdout.isTTY && process.stdout.hasColors(),
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
  };
  process.exitCode = await run(process.argv.slice(2), verbs, terminal, version);
}

/** Whoever read along (`head`, a pager) has seen enough. What was asked for is done all the same, and its exit code stays true. */
function ignoreLeaving(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
