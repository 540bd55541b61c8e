import { attack, prepare } from './attack';
import { Target } from './target';

const MIB = 2 ** 20;
/**
 * What may be kept beyond what was kept after the first thousand. Caches fill further, each up to a bound of its own: parsed documents (16 MiB), results
 * that are shared (16 MiB), the pages of feeds (16 MiB), looks into the past (16 MiB here); and compiled code grows by some MiB.
 */
const mayBe = (bytes: number): number => 1.1 * bytes + 20 * MIB;
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
    const beganMs = performance.now();
    const { problems, seen, first, last } = await attack(target, seed, count, (line) => lines.push(line));
    if (process.env['HOSTILE_LOG'] !== undefined) {
      const perSecond = (count / (performance.now() - beganMs)) * 1_000;
      process.stdout.write([...lines, JSON.stringify([...seen]), JSON.stringify({ seed, count, perSecond, first, last }), ''].join('\n'));
    }
    expect(problems).toEqual([]);
    expect(target.log.join('')).toBe('');
    expect(last.heapBytes).toBeLessThanOrEqual(mayBe(first.heapBytes));
    expect(last.rssBytes).toBeLessThanOrEqual(mayBe(first.rssBytes));
    for (const { turnP99Ms, turnMaxMs } of [first, last]) {
      expect(turnP99Ms).toBeLessThanOrEqual(TURN.p99Ms);
      expect(turnMaxMs).toBeLessThanOrEqual(TURN.maxMs);
    }
  } finally {
    await target.stop();
  }
}
