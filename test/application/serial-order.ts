import type { Envelope } from '../../src/domain/event';
import { after, EMPTY, foretell, type PlainShop, type Wish } from './plain-shop';

/** One command as its client saw it. The times are ticks of one clock that all clients share. */
export interface Asked {
  readonly commandId: string;
  readonly wish: Wish;
  readonly called: number;
  /** Absent: no answer ever came. */
  answered?: number;
  /** `done`, or the code of the refusal. */
  answer?: string;
}

/**
 * Throws unless there is one order of all commands, one after another, that explains every answer and the log, and in which no command
 * comes before one that had been answered when it was called: whether the ledger is linearizable, judged by the plain model.
 *
 * Writes are in the log, so their order is known. A refusal or a no-op has its place between two events, and must be right there.
 */
export function assertSerial(events: readonly Envelope[], commands: readonly Asked[], keyLimit: number): void {
  const shops: PlainShop[] = [EMPTY];
  for (const event of events) shops.push(after(shops.at(-1) as PlainShop, event));
  const written = placesOf(events);
  const bounds = boundsOf(commands, written, events.length);
  const asked = new Set(commands.map(({ commandId }) => commandId));
  for (const event of events) {
    if (event.type !== 'ProjectCreated' && !asked.has(event.commandId)) throw new Error(`no one sent ${event.type} ${event.revision}`);
  }
  for (const command of commands) {
    const { commandId, wish, answer } = command;
    const place = written.get(commandId);
    const [earliest, latest] = bounds(command);
    const fail = (why: string): never => {
      throw new Error(`${commandId} ${JSON.stringify(wish)} was answered ${answer ?? 'never'}: ${why}, from ${earliest} to ${latest}`);
    };
    const foretold = (revision: number) => foretell(shops[revision] as PlainShop, wish, keyLimit);
    if (place !== undefined) {
      if (answer !== undefined && answer !== 'done') fail(`but it is in the log at ${place}`);
      if (place < earliest || place >= latest) fail(`but stands at ${place}`);
      if (foretold(place) !== events[place]?.type) fail(`at ${place} it should have been ${foretold(place)}, not ${events[place]?.type}`);
    } else if (answer !== undefined) {
      const expected = answer === 'done' ? 'none' : answer;
      let right = false;
      for (let revision = earliest; revision <= latest && !right; revision += 1) right = foretold(revision) === expected;
      if (!right) fail(`but it never was so; there it should have been ${foretold(earliest)}`);
    }
  }
}

/** The place of each command's event. Every command here causes one event at most. */
function placesOf(events: readonly Envelope[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const { commandId, revision } of events) {
    if (places.has(commandId)) throw new Error(`${commandId} is in the log twice, at ${places.get(commandId)} and ${revision}`);
    places.set(commandId, revision);
  }
  return places;
}

/** After which, and before which, event a command must have its place: behind all writes answered before it was called, before all called later. */
function boundsOf(commands: readonly Asked[], written: ReadonlyMap<string, number>, end: number) {
  const ticks = Math.max(0, ...commands.map(({ called, answered = 0 }) => Math.max(called, answered))) + 1;
  const behind = new Array<number>(ticks).fill(0);
  const before = new Array<number>(ticks).fill(end);
  for (const { commandId, called, answered } of commands) {
    const place = written.get(commandId);
    if (place === undefined) continue;
    if (answered !== undefined) behind[answered] = place + 1;
    before[called] = place;
  }
  for (let tick = 1; tick < ticks; tick += 1) behind[tick] = Math.max(behind[tick] as number, behind[tick - 1] as number);
  for (let tick = ticks - 2; tick >= 0; tick -= 1) before[tick] = Math.min(before[tick] as number, before[tick + 1] as number);
  return ({ called, answered }: Asked): readonly [number, number] => [
    behind[called] as number,
    answered === undefined ? end : (before[answered] as number),
  ];
}
