import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '../../src/domain/event';
import type { Address } from './client';
import { Crowd, KEY_LIMIT } from './crowd';
import { assertTrue } from './disk';
import { Fleet } from './fleet';
import { Looker } from './looker';
import { Wanderer } from './wanderer';

export interface Ordeal {
  readonly instances: number;
  readonly clients: number;
  readonly milliseconds: number;
  /** How often, in milliseconds, one of the instances, whichever, is killed and started again. */
  readonly killEvery: number;
  /** When Redis is restarted with nothing in it, and when with what it had some time before. */
  readonly emptiedAt?: number;
  readonly setBackAt?: number;
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
  /** How often a client asked some instance for what another had just been told of, and was shown it. */
  readonly shown: number;
}

const FAULTS = ['lostAcknowledgements', 'lostAcknowledgements', 'forgetfulAppends', 'lostAppends'] as const;
const EVENTS_BETWEEN_FAULTS = 4;
/** What Redis is set back to is so much older than its end. */
const SET_BACK_MS = 2_000;

/**
 * A crowd writes through several instances, each command through any of them and again through another until somebody answers, while instances are
 * killed, Redis loses what it had, and KurrentDB loses acknowledgements. Throws unless in the end the ledger explains every answer and every
 * instance shows its replay.
 */
export async function withstand(ordeal: Ordeal): Promise<Outcome> {
  const instances = Array.from({ length: ordeal.instances }, () => ({}));
  const fleet = await Fleet.begin({ instances, environment: { KEY_LIMIT: String(KEY_LIMIT) }, projects: ['shop', 'rest'] });
  const ending = new AbortController();
  const address = () => anyOf(fleet);
  const crowd = new Crowd({ clients: ordeal.clients, projectId: 'shop', address, insists: true });
  const wanderer = new Wanderer('rest', address);
  const looker = new Looker('shop', crowd, address);
  try {
    const { signal } = ending;
    const troubles = [kills(fleet, ordeal, signal), restarts(fleet, ordeal, signal), loseAcknowledgements(fleet, signal)] as const;
    await Promise.race([sleep(ordeal.milliseconds), ...troubles.map((trouble) => trouble.then(() => new Promise(() => {})))]);
    ending.abort();
    const [killed, restarted] = await Promise.all(troubles);
    await Promise.all([crowd.leave(), wanderer.leave(), looker.leave()]);
    const events = await fleet.assertReplay();
    assertTrue(events.get('shop') ?? [], crowd.commands);
    assertPairs(events.get('rest') ?? [], wanderer.pairs);
    const done = crowd.commands.filter(({ answer }) => answer === 'done').length;
    const lost = crowd.commands.flatMap((command) => command.troubles).filter((trouble) => trouble === 'lost').length;
    const { taken: faults } = fleet.store.faults;
    return { events: events.get('shop')?.length ?? 0, done, lost, kills: killed, restarts: restarted, faults, shown: looker.shown };
  } finally {
    ending.abort();
    crowd.abandon();
    for (const client of [wanderer, looker]) void client.leave().catch(() => {});
    await fleet.end();
  }
}

/** One of those that are up, as a load balancer picks it. */
async function anyOf(fleet: Fleet): Promise<Address> {
  for (;;) {
    const up = fleet.members.filter((member) => member.up);
    const member = up[Math.floor(Math.random() * up.length)];
    if (member !== undefined) return member.address;
    await sleep(10);
  }
}

/** By the clock, however long the others take to start. It listens before it shows what there is: clients find it in either state. */
async function kills(fleet: Fleet, { killEvery }: Ordeal, signal: AbortSignal): Promise<number> {
  const starting: Promise<void>[] = [];
  let count = 0;
  while (await pause(killEvery, signal)) {
    const up = fleet.members.filter((member) => member.up);
    const member = up[Math.floor(Math.random() * up.length)];
    if (member === undefined) continue;
    starting.push(member.kill().then(() => member.start('listening')));
    count += 1;
  }
  await Promise.all(starting);
  return count;
}

async function restarts({ redis }: Fleet, { emptiedAt, setBackAt }: Ordeal, signal: AbortSignal): Promise<number> {
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

/** Not more often than one append in some, however slow they are: else nothing would get through at all. */
async function loseAcknowledgements({ store }: Fleet, signal: AbortSignal): Promise<void> {
  let events = 0;
  while (await pause(100 + Math.random() * 300, signal)) {
    if (store.log.events.length < events + EVENTS_BETWEEN_FAULTS) continue;
    events = store.log.events.length;
    store.faults[FAULTS[Math.floor(Math.random() * FAULTS.length)] as (typeof FAULTS)[number]] += 1;
  }
}

/** Whether it went on until its end. */
function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(Math.max(0, milliseconds), true, { signal }).catch(() => false);
}

/** Every command of a wanderer that writes two events has written both or neither, once. */
function assertPairs(events: readonly Envelope[], pairs: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const { commandId } of events) counts.set(commandId, (counts.get(commandId) ?? 0) + 1);
  for (const id of pairs) {
    const count = counts.get(id) ?? 0;
    if (count !== 0 && count !== 2) throw new Error(`${id} is in the ledger by half: ${count} of 2 events`);
  }
}
