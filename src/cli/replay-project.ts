import { NotWhole } from '../audit/copy';
import { entryOf, understand } from '../audit/entry';
import { NoSuchPoint } from '../audit/history-point';
import { replayHistory, type HistoryReplay } from '../audit/replay-history';
import type { Envelope } from '../domain/event';
import { instantOf } from '../domain/instant';
import { UpgradeRequired } from '../event-store/upcast';
import { CommandFailed, Ended, EXIT, type Terminal, WrongUse } from './verb';
import { ownLedger, withLedger } from './ledger';
import type { ReplayOptions } from './replay';
import { changeLines, eventLine, stateLines, stateOf } from './replay-output';

/** Tells a project's history up to where it is asked for, and what it comes to there. */
export async function replayProject(terminal: Terminal, options: ReplayOptions): Promise<void> {
  try {
    await writeReplay(terminal, options);
  } catch (error) {
    const known = error instanceof NotWhole || error instanceof NoSuchPoint || error instanceof UpgradeRequired;
    throw known ? new CommandFailed(error.message, { cause: error }) : error;
  }
}

async function writeReplay(terminal: Terminal, { project, to, step, json }: ReplayOptions): Promise<void> {
  const next = terminal.next;
  if (step && (next === undefined || json))
    throw new WrongUse('--step waits for someone to press Enter: it needs a terminal, and no --json.');
  const place = to === undefined ? undefined : placeOf(to);
  await withLedger(ownLedger(terminal.environment), 'read', async (store) => {
    let last: Envelope | undefined;
    async function* events(): AsyncIterable<Envelope> {
      for await (const event of replayHistory({ store, projectId: project, ...(place === undefined ? {} : { to: place }) })) {
        if (step && last !== undefined && (await next?.()) === false) return;
        const entry = entryOf(understand(event));
        terminal.out(json ? `${JSON.stringify({ event, sentence: entry.sentence, changes: entry.changes })}\n` : `${eventLine(entry)}\n`);
        if (step) for (const line of changeLines(entry)) terminal.out(`${line}\n`);
        await terminal.drained?.();
        if (terminal.gone?.aborted === true) throw new Ended(EXIT.ok);
        last = event;
        yield event;
      }
    }
    const state = await stateOf(events(), project);
    if (last === undefined) throw new CommandFailed(`There is no project "${project}".`);
    const { revision, hash, occurredAt } = last;
    const time = new Date(occurredAt).toISOString();
    if (json) terminal.out(`${JSON.stringify({ state: { projectId: project, revision, hash, time, documents: state } })}\n`);
    else terminal.out(`\nAs of revision ${revision} (${time}):\n${stateLines(state).join('\n')}\n`);
  });
}

function placeOf(text: string): NonNullable<HistoryReplay['to']> {
  if (/^\d{1,15}$/.test(text)) return { kind: 'revision', revision: Number(text) };
  const time = instantOf(text);
  if (time !== undefined) return { kind: 'time', time };
  throw new WrongUse(`--to "${text}" is neither a revision, such as 41, nor a time, such as 2026-02-01 (UTC) or 2026-02-01T09:30:00Z.`);
}
