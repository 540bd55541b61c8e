import { attack, prepare } from './attack';
import { Target } from './target';

const MIB = 2 ** 20;
/** CPU time of the main thread between two turns of its event loop, in milliseconds. */
const TURN = { p99Ms: 100, maxMs: 250 } as const;

/** Other requests: HOSTILE_SEED=7 HOSTILE_COUNT=20000; HOSTILE_LOG=1 prints which turns were slow, and what came. */
export const SEED = Number(process.env['HOSTILE_SEED'] ?? 1);
export const countOr = (usual: number): number => Number(process.env['HOSTILE_COUNT'] ?? usual);

/** That so many requests neither end the server, nor stay in its memory, nor hold its event loop, nor meet a fault of its own. */
export async function withstand(seed: number, count: number): Promise<void> {
  const target = await Target.start();
  try {
    await prepare(target);
    const lines: string[] = [];
    const { problems, seen, first, last } = await attack(target, seed, count, (line) => lines.push(line));
    if (process.env['HOSTILE_LOG'] !== undefined) {
      process.stdout.write([...lines, JSON.stringify([...seen]), JSON.stringify({ first, last }), ''].join('\n'));
    }
    expect(problems).toEqual([]);
    expect(target.log.join('')).toBe('');
    expect(last.heapBytes).toBeLessThanOrEqual(1.1 * first.heapBytes + 20 * MIB);
    expect(last.rssBytes).toBeLessThanOrEqual(1.1 * first.rssBytes + 20 * MIB);
    for (const { turnP99Ms, turnMaxMs } of [first, last]) {
      expect(turnP99Ms).toBeLessThanOrEqual(TURN.p99Ms);
      expect(turnMaxMs).toBeLessThanOrEqual(TURN.maxMs);
    }
  } finally {
    await target.stop();
  }
}
