import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '../../src/domain/event';
import { eventually } from '../fixtures/eventually';
import type { Address } from './client';
import { KeyWriters, KEY_LIMIT } from './key-writers';
import { assertTrue } from './disk';
import { Fleet } from './fleet';
import { CursorReader } from './cursor-reader';
import { MixedWriter } from './mixed-writer';

export interface FaultPlan {
  readonly instances: number;
  readonly clients: number;
  readonly durationMs: number;
  /** What must have happened before the end, however long that takes on this machine. */
  readonly atLeast: Readonly<Record<'done' | 'faults' | 'shown', number>>;
  /** The interval at which one instance, chosen at random, is killed and started again. */
  readonly killEveryMs: number;
  /** The highest number of kills. */
  readonly kills?: number;
  /** When Redis is restarted empty, and when with an older snapshot. */
  readonly emptiedAtMs?: number;
  readonly setBackAtMs?: number;
}

export interface Outcome {
  readonly events: number;
  readonly done: number;
  /** Requests that were never answered. */
  readonly lost: number;
  readonly kills: number;
  readonly restarts: number;
  /** Acknowledgements and connections that KurrentDB lost. */
  readonly faults: number;
  /** Queries at a cursor that another client had just received, answered at that cursor or newer. */
  readonly shown: number;
}

const FAULTS = ['lostAcknowledgements', 'lostAcknowledgements', 'forgetfulAppends', 'lostAppends'] as const;
const EVENTS_BETWEEN_FAULTS = 4;
/** What Redis is set back to is so much older than its end. */
const SET_BACK_MS = 2_000;

/**
 * Many clients write through several instances, each command through any of them and again through another until one answers, while instances are
 * killed, Redis loses what it had, and KurrentDB loses acknowledgements. Throws unless in the end the ledger explains every answer and every
 * instance shows its replay.
 */
export async function writeThroughFaults(plan: FaultPlan): Promise<Outcome> {
  const instances = Array.from({ length: plan.instances }, () => ({}));
  const fleet = await Fleet.begin({ instances, environment: { KEY_LIMIT: String(KEY_LIMIT) }, projects: ['shop', 'rest'] });
  const ending = new AbortController();
  const address = () => anyOf(fleet);
  const writers = new KeyWriters({ clients: plan.clients, projectId: 'shop', address, retries: true });
  const mixedWriter = new MixedWriter('rest', address);
  const cursorReader = new CursorReader('shop', writers, address);
  try {
    const { signal } = ending;
    const faults = [kills(fleet, plan, signal), restarts(fleet, plan, signal), loseAcknowledgements(fleet, signal)] as const;
    const counts = () => ({ done: writers.done, faults: fleet.store.faults.taken, shown: cursorReader.shown });
    const failures = [...faults, writers.ended, mixedWriter.ended, cursorReader.ended].map((part) =>
      part.then(() => new Promise(() => {})),
    );
    await Promise.race([sleep(plan.durationMs).then(() => untilReached(plan.atLeast, counts)), ...failures]);
    ending.abort();
    const [killed, restarted] = await Promise.all(faults);
    await Promise.all([writers.stop(), mixedWriter.stop(), cursorReader.stop()]);
    const events = await fleet.assertReplay();
    assertTrue(events.get('shop') ?? [], writers.commands);
    assertPairs(events.get('rest') ?? [], mixedWriter.pairs);
    const lost = writers.commands.flatMap((command) => command.errors).filter((error) => error === 'lost').length;
    return { events: events.get('shop')?.length ?? 0, lost, kills: killed, restarts: restarted, ...counts() };
  } finally {
    ending.abort();
    writers.abandon();
    for (const client of [mixedWriter, cursorReader]) void client.stop().catch(() => {});
    await fleet.end();
  }
}

async function untilReached<K extends string>(atLeast: Readonly<Record<K, number>>, counts: () => Record<K, number>): Promise<void> {
  const short = () => (Object.keys(atLeast) as K[]).filter((what) => counts()[what] < atLeast[what]);
  await eventually('enough was done, lost and shown', () => short().length === 0, 60_000);
}

/** One of the instances that are up, as a load balancer picks it. */
export async function anyOf(fleet: Fleet): Promise<Address> {
  for (;;) {
    const up = fleet.members.filter((member) => member.up);
    const member = up[Math.floor(Math.random() * up.length)];
    if (member !== undefined) return member.address;
    await sleep(10);
  }
}

/** Kills by the clock, however long the others take to start. An instance listens before it has caught up, so clients meet both states. */
async function kills(fleet: Fleet, { killEveryMs: killEvery, kills: most = Infinity }: FaultPlan, signal: AbortSignal): Promise<number> {
  const starting: Promise<void>[] = [];
  let count = 0;
  while (count < most && (await pause(killEvery, signal))) {
    const up = fleet.members.filter((member) => member.up);
    const member = up[Math.floor(Math.random() * up.length)];
    if (member === undefined) continue;
    starting.push(member.kill().then(() => member.start('listening')));
    count += 1;
  }
  await Promise.all(starting);
  return count;
}

async function restarts(
  { redis }: Fleet,
  { emptiedAtMs: emptiedAt, setBackAtMs: setBackAt }: FaultPlan,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  let now = 0;
  for (const [at, kind] of [[emptiedAt, 'emptied'] as const, [setBackAt, 'set back'] as const]) {
    if (at === undefined) continue;
    if (kind === 'set back') {
      if (!(await pause(at - now - SET_BACK_MS, signal))) break;
      await redis.command('SAVE');
      now = at - SET_BACK_MS;
    }
    if (!(await pause(at - now, signal))) break;
    now = at;
    await redis.kill();
    await sleep(200);
    await redis.start();
    count += 1;
  }
  return count;
}

/** At most one fault every few appends, however slow they are: otherwise no append would succeed. */
async function loseAcknowledgements({ store }: Fleet, signal: AbortSignal): Promise<void> {
  let events = 0;
  while (await pause(100 + Math.random() * 300, signal)) {
    if (store.log.events.length < events + EVENTS_BETWEEN_FAULTS) continue;
    events = store.log.events.length;
    store.faults[FAULTS[Math.floor(Math.random() * FAULTS.length)] as (typeof FAULTS)[number]] += 1;
  }
}

/** Whether the pause ended by itself, not by the signal. */
function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(Math.max(0, milliseconds), true, { signal }).catch(() => false);
}

/** Every command that writes two events has written both or neither, once. */
function assertPairs(events: readonly Envelope[], pairs: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const { commandId } of events) counts.set(commandId, (counts.get(commandId) ?? 0) + 1);
  for (const id of pairs) {
    const count = counts.get(id) ?? 0;
    if (count !== 0 && count !== 2) throw new Error(`${id} is in the ledger by half: ${count} of 2 events`);
  }
}
