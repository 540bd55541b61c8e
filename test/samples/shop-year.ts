import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yearBefore } from '../../samples/shop/main';
import { playYear } from '../../samples/shop/play';
import { reportLines } from '../../samples/shop/report';
import { SimulatedServer } from '../../samples/shop/simulated-server';

export interface PlayedShop {
  /** What the sample prints at the end of the year. */
  readonly lines: readonly string[];
  /** The same from a server on the same directory with the real clock, as of the end of the year. */
  readonly later: readonly string[];
}

/** Plays the sample's year, and starts another server on what it has left. */
export async function playedShop(users: number): Promise<PlayedShop> {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-shop-'));
  try {
    const startMs = yearBefore(Date.now());
    const server = await SimulatedServer.open(directory, startMs);
    const lines = await playYear(server, { startMs, users, seed: 1 })
      .then(() => reportLines(server))
      .finally(() => server.close());
    const next = await SimulatedServer.open(directory, Date.now());
    const later = await reportLines(next).finally(() => next.close());
    return { lines, later };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Users are drawn by the ids of tests, which are new in each run: so numbers and dates differ a little, and nothing else does. */
export const masked = (lines: readonly string[]): readonly string[] =>
  lines.map((line) =>
    line
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/[+-]?\d+(\.\d+)?/g, '#')
      .trimEnd(),
  );

/** What the README shows of the sample's output. */
export async function transcript(): Promise<readonly string[]> {
  const readme = await readFile(join(__dirname, '../../samples/shop/README.md'), 'utf8');
  return /```\nOne-page checkout\n[^]*?\n```/.exec(readme)![0].split('\n').slice(1, -1);
}

/** The lines about one test. */
export const about = (lines: readonly string[], name: string): readonly string[] => {
  const start = lines.indexOf(name);
  const end = lines.indexOf('', start);
  return lines.slice(start, end < 0 ? undefined : end);
};
