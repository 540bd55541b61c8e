import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CursorReader } from './cursor-reader';
import { assertTrue } from './disk';
import { Fleet } from './fleet';
import { anyOf } from './instances';
import { KEY_LIMIT, KeyWriters } from './key-writers';
import type { RealCluster } from './kurrentdb-cluster';

export interface ClusterPlan {
  readonly instances: number;
  readonly clients: number;
  /** How many times each thing is done to the leader. */
  readonly rounds: number;
  /** How long all is well between two faults, and how long one lasts. */
  readonly calmMs: number;
  readonly faultMs: number;
}

export interface ClusterOutcome {
  readonly events: number;
  readonly done: number;
  /** Errors that clients were given before they had an answer, by their code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly resigned: number;
  readonly killed: number;
  readonly frozen: number;
  readonly restarted: number;
  /** Queries at a cursor that another client had just received, answered at that cursor or newer. */
  readonly shown: number;
}

/**
 * Many clients write through several instances on a real cluster, each command again until one answers, while the leader resigns, is killed and is frozen,
 * and instances are killed. Throws unless in the end the ledger explains every answer and every instance shows its replay.
 */
export async function writeThroughElections(cluster: RealCluster, plan: ClusterPlan): Promise<ClusterOutcome> {
  await cluster.whole();
  // The cluster keeps what other runs have left in it.
  const projectId = `run-${randomBytes(6).toString('hex')}`;
  const fleet = await Fleet.begin({
    instances: Array.from({ length: plan.instances }, () => ({})),
    environment: { KEY_LIMIT: String(KEY_LIMIT) },
    projects: [projectId],
    storeUrl: cluster.url,
  });
  const address = () => anyOf(fleet);
  const writers = new KeyWriters({ clients: plan.clients, projectId, address, retries: true });
  const reader = new CursorReader(projectId, writers, address);
  try {
    const counts = await faults(cluster, fleet, plan);
    await cluster.whole();
    await Promise.all([writers.stop(), reader.stop()]);
    const events = (await fleet.assertReplay()).get(projectId) ?? [];
    assertTrue(events, writers.commands);
    const done = writers.commands.filter(({ answer }) => answer === 'done').length;
    return { events: events.length, done, errors: errorsOf(writers), ...counts, shown: reader.shown };
  } finally {
    writers.abandon();
    void reader.stop().catch(() => {});
    await fleet.end();
  }
}

/** One after another, so that a majority of the nodes is always there. */
async function faults(
  cluster: RealCluster,
  fleet: Fleet,
  { rounds, calmMs, faultMs }: ClusterPlan,
): Promise<Pick<ClusterOutcome, 'resigned' | 'killed' | 'frozen' | 'restarted'>> {
  const counts = { resigned: 0, killed: 0, frozen: 0, restarted: 0 };
  for (let round = 0; round < rounds; round += 1) {
    await sleep(calmMs);
    await cluster.resign(await leaderOf(cluster));
    counts.resigned += 1;
    await sleep(calmMs);
    const member = fleet.member(round % fleet.members.length);
    await member.kill();
    await member.start('listening');
    counts.restarted += 1;
    if (!cluster.canBeBroken) continue;
    for (const [breaks, mends, count] of [
      ['kill', 'start', 'killed'],
      ['freeze', 'thaw', 'frozen'],
    ] as const) {
      await cluster.whole();
      await sleep(calmMs);
      const port = await leaderOf(cluster);
      await cluster.act(breaks, port);
      await sleep(faultMs).finally(() => cluster.act(mends, port));
      counts[count] += 1;
    }
  }
  return counts;
}

async function leaderOf(cluster: RealCluster): Promise<number> {
  await cluster.whole();
  const port = await cluster.leader();
  if (port === undefined) throw new Error('no node leads');
  return port;
}

function errorsOf({ commands }: KeyWriters): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const error of commands.flatMap(({ errors }) => errors)) counts[error] = (counts[error] ?? 0) + 1;
  return counts;
}
