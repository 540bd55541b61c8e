import type { Envelope } from '../domain/event';
import { DamagedRecord, type EventStore, type Position, type StreamHead } from '../event-store/event-store';
import { Chain, type ChainProblem } from './chain';
import { edgesOf } from './edges';
import { differs, headsOf, HistoryMismatch, BulkAppend } from './bulk-append';
import { verifyChain } from './verify-chain';

export interface CopyProgress {
  readonly phase: 'copying' | 'verifying';
  /** How many events have been read in this phase. */
  readonly events: number;
  readonly projects: number;
  /** How many have been appended to the target. */
  readonly appended: number;
  /** Verifying: of how many. */
  readonly total?: number;
}

export interface Copy {
  /** Read only. */
  readonly source: Pick<EventStore, 'read' | 'readAll' | 'heads' | 'isShared'>;
  readonly target: EventStore;
  /** Called for each event: it is to be quick. */
  readonly onEvent?: (progress: CopyProgress) => void;
}

export interface Copied {
  /** What the target holds at the end, all of it verified. */
  readonly events: number;
  readonly projects: number;
  /** How much of that this copy has brought; the rest was there. */
  readonly appended: number;
  /** Whether the source was written meanwhile. What came was copied too, as far as `complete` says. */
  readonly movedOn: boolean;
  /** Whether source and target were the same at the end; otherwise the source is written faster than it is caught up with. */
  readonly complete: boolean;
  /** What is wrong with projects of the source, and how many events of each, from the first on, the target holds. Absent: nothing is. */
  readonly flaws?: readonly (ChainProblem & { readonly held: number })[];
}

/** The source, or the target at the end, is not whole. */
export class NotWhole extends Error {
  constructor(
    readonly which: 'source' | 'target',
    readonly problem: ChainProblem,
  ) {
    super(`The ${which} is not whole. ${problem.message}.`);
  }
}

/** How often a source that is being written is caught up with before its writer is asked to stop. */
const PASSES = 100;

/**
 * Brings a whole ledger into another store: every event as it is, each project's in order, so hashes and cursors stay good. It can be ended at any
 * moment and begun again: the target itself says how far it has come. Every event is verified before it is written, and at the end the
 * target is read whole, verified, and its heads compared with what was read.
 *
 * Of a project of the source in which something is wrong the events that follow each other from the first on are copied, and `flaws` says what it is. Rejects with `HistoryMismatch` if
 * the target holds anything but a part of this very ledger, before anything is written, and with `NotWhole` where the target gives back something else.
 */
export async function copy({ source, target, onEvent }: Copy): Promise<Copied> {
  const begun = await headsOf(target);
  await refuseOthers(source, begun);
  const bulk = new BulkAppend(target, begun);
  const [read, verified] = [new Chain(), new Chain()];
  const report = (phase: CopyProgress['phase'], { events, projects }: Chain, total?: number): void =>
    onEvent?.({ phase, events, projects, appended: bulk.appended, ...(total === undefined ? {} : { total }) });
  let from: Position | undefined;
  let to: Position | undefined;
  let passes = 0;
  const problems: ChainProblem[] = [];
  for (let moved = true; moved && passes < PASSES; passes += 1) {
    const before = read.events;
    const pass = await verifyChain({
      store: source,
      chain: read,
      after: from,
      onProblem: (problem) => void problems.push(problem),
      accept: (event) => {
        report('copying', read);
        return bulk.add(event);
      },
    });
    await bulk.flush();
    from = pass.position;
    moved = read.events > before;
    if (!moved) break;
    const checked = await verifyChain({
      store: target,
      chain: verified,
      after: to,
      onProgress: () => void report('verifying', verified, read.events),
    });
    if (checked.problem !== undefined) throw new NotWhole('target', checked.problem);
    to = checked.position;
  }
  await compare(read, verified, await headsOf(target));
  const { events, projects } = verified;
  const copied = { events, projects, appended: bulk.appended, movedOn: passes > 1, complete: passes < PASSES };
  for (const head of read.sound()) await edgesOf(source, head).then((problem) => problem && problems.push(problem));
  if (problems.length === 0) return copied;
  return { ...copied, flaws: problems.map((problem) => ({ ...problem, held: verified.head(problem.projectId).revision + 1 })) };
}

/** Finds out what the target holds that is not of this ledger, all of it, while nothing has been written. */
async function refuseOthers(source: Copy['source'], heads: readonly StreamHead[]): Promise<void> {
  const others: string[] = [];
  for (const head of heads) {
    const [event, beginning] = await Promise.all([
      firstOf(source.read(head.projectId, head.revision)),
      firstOf(source.read(head.projectId)),
    ]);
    // What the source cannot give out now is compared when it comes by in its order.
    if (event === 'damaged' || beginning === 'damaged') continue;
    if (event === undefined) {
      others.push(
        beginning === undefined
          ? `project "${head.projectId}" is in the target, and not in the source`
          : `project "${head.projectId}": the target is at revision ${head.revision}, which the source does not have`,
      );
    } else if (event.hash !== head.hash) others.push(differs(head));
  }
  if (others.length > 0) throw new HistoryMismatch(others.join('\n'));
}

async function firstOf(events: AsyncIterable<Envelope>): Promise<Envelope | 'damaged' | undefined> {
  try {
    for await (const event of events) return event;
    return undefined;
  } catch (error) {
    if (error instanceof DamagedRecord) return 'damaged';
    throw error;
  }
}

/** What was read, what was verified, and what the target says of itself are one and the same. */
async function compare(read: Chain, verified: Chain, heads: readonly StreamHead[]): Promise<void> {
  const same =
    read.projects === verified.projects &&
    heads.length === read.projects &&
    heads.every(({ projectId, hash }) => read.head(projectId).hash === hash && verified.head(projectId).hash === hash);
  if (!same) throw new HistoryMismatch('the target was written by someone else meanwhile: it holds what the source does not');
}
