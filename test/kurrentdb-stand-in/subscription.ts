import { status } from '@grpc/grpc-js';
import { ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import { randomUUID } from 'node:crypto';
import type { Log } from './log';
import type { Call, Readable } from './read';
import { send } from './read';
import {
  checkpointAnswer,
  eventAnswer,
  filterOf,
  HandlerFailed,
  PAGE,
  positionOf,
  windowOf,
  type Matches,
  type ReadOptions,
} from './read-answers';

/** The messages that a subscription holds for a slow client: two buffers of 32. */
const BUFFERED = 64;
/** What the connection takes of a client that does not read. */
const WINDOW_BYTES = 65_535;
const ENVELOPE_BYTES = 300;

/**
 * A subscription to `$all`: history *after* the position by pages, checkpoints by the number of events looked at, `caught up`, then what is
 * appended. Up to 23.10 one that cannot keep up is cut off; later versions fall behind, say so, and read history again.
 */
export async function follow(call: Call, options: ReadOptions, server: Readable): Promise<void> {
  const { faults, scanning, version } = server;
  const matches = filterOf(options);
  const window = windowOf(options);
  const multiplier = options.getFilter()?.getCheckpointintervalmultiplier();
  if (multiplier === 0) throw new HandlerFailed('a checkpoint interval of 0');
  const interval = window * (multiplier ?? 1);
  const start = options.getAll()?.getPosition();
  let from =
    options.getAll()?.hasEnd() === true ? server.log.records.end : start === undefined ? 0n : server.log.records.after(positionOf(start));
  let considered = 0;
  let live = false;
  const cutsOff = version.startsWith('23.');
  call.write(new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())));
  while (!call.cancelled) {
    await faults.beforeDelivery();
    const { log } = server;
    scanning(1);
    const page = log.records.page(from, matches, PAGE, window);
    await faults.scan(page.considered).finally(() => scanning(-1));
    if (live && tooSlow(log, from, matches)) {
      if (cutsOff) return cutOff(call, 'live');
      call.write(new ReadResp().setFellBehind(new ReadResp.FellBehind()));
      live = false;
    }
    for (const event of page.events) await send(call, eventAnswer(event, options));
    considered += page.considered;
    const position = page.events.at(-1)?.commit ?? from;
    from = page.next;
    if (page.considered > 0 && considered >= interval) {
      considered %= interval;
      await send(call, checkpointAnswer(position));
    }
    if (!page.atEnd) continue;
    if (!live) {
      if (cutsOff && tooSlow(log, from, matches)) return cutOff(call, 'transitioning to live');
      call.write(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
    }
    live = true;
    if (log.records.end === from) await appendedOrGone(call, log);
  }
}

/** Whether more waits to be sent, from a position on, than the server keeps for one client. */
function tooSlow(log: Log, from: bigint, matches: Matches): boolean {
  const { events } = log.records.page(from, matches, 1_000, Number.MAX_SAFE_INTEGER);
  const bytes = events.reduce((sum, { data }) => sum + data.length + ENVELOPE_BYTES, 0);
  return events.length > BUFFERED + (WINDOW_BYTES * events.length) / bytes;
}

function cutOff(call: Call, when: 'live' | 'transitioning to live'): void {
  const details = `Operation timed out: Consumer too slow to handle event while ${when}. Client resubscription required.`;
  call.emit('error', { code: status.ABORTED, details });
}

function appendedOrGone(call: Call, log: Log): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      log.off('appended', done);
      call.off('cancelled', done);
      resolve();
    };
    log.on('appended', done);
    call.on('cancelled', done);
  });
}
