import type { Command } from 'commander';
import type { HeadsRead } from '../audit/read-heads';
import { Chain, type ChainProblem } from '../audit/chain';
import { edgesOf } from '../audit/edges';
import { verifyChain } from '../audit/verify-chain';
import { KnownHeads } from '../audit/known-heads';
import type { EventStore } from '../event-store/event-store';
import { CommandFailed, Ended, EXIT, type Terminal } from './verb';
import { headsIn, type HeadsFile } from './heads-file';
import { ownLedger, withLedger } from './ledger';
import { countOf, number, Pace, Progress } from './progress';

interface Options extends Partial<HeadsFile> {
  readonly json?: true;
}

/** Says whether the record is whole: every event as it was written, in its place, and every signed head still in its history. */
export function verifyVerb(command: Command, terminal: Terminal): void {
  command
    .option('--project <id>', 'one project alone')
    .option(
      '--against <file>',
      'signed heads, one a line: a heads.log, or what "heads" printed. Finds histories that were rewritten or cut off',
    )
    .option('--public-key <file...>', 'PEM of the keys that signed them; otherwise the one in DATA_DIR')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      `\nExit code: 0 if all is whole, ${EXIT.notWhole} if something is wrong, 1 if it could not be found out.\n\nExample:\n  experience-ledger verify --against heads-of-last-year.log --public-key heads.pem`,
    )
    .action(async (options: Options) => {
      const against = options.against === undefined ? undefined : await headsIn({ ...options, against: options.against }, terminal);
      const found = await withLedger(ownLedger(terminal.environment), 'audit', (store) => verified(terminal, store, options, against));
      if (options.json) terminal.out(`${JSON.stringify(found)}\n`);
      else terminal.out(`${inWords(found, options)}\n`);
      if (!found.whole) throw new Ended(EXIT.notWhole);
    });
}

const DATED_AHEAD_MS = 60_000;

/** A flaw of an event, or of the store itself, which is of no project. */
type Finding = Pick<ChainProblem, 'code' | 'message'> & Partial<ChainProblem>;

interface Found {
  readonly whole: boolean;
  readonly events: number;
  readonly projects: number;
  readonly seconds: number;
  /** All that is wrong with the file; then the first that is wrong in each project. */
  readonly flaws: readonly Finding[];
  /** Streams that are named as projects, and hold nothing of a ledger. Absent: there are none. */
  readonly strays?: readonly { readonly projectId: string; readonly message: string }[];
  /** The date of the newest event, if that is more than a minute ahead of this machine's clock. It is no flaw: a clock was wrong. */
  readonly datedAhead?: string;
  readonly against?: { readonly heads: number; readonly problems: HeadsRead['problems'] };
}

async function verified(terminal: Terminal, store: EventStore, { project }: Options, against: HeadsRead | undefined): Promise<Found> {
  const irregular = ((await store.irregularities?.()) ?? []).map((message): Finding => ({ code: 'REWRITTEN_TEXT', message }));
  const own = new KnownHeads('the verification began');
  // Of one project alone what is read is its stream itself: there is nothing that a head of it could add.
  const total = project === undefined ? await headsInto(own, store) : undefined;
  const progress = new Progress(terminal);
  const pace = new Pace();
  const chain = new Chain(project);
  const wrong = new Map<string, ChainProblem>();
  const onProblem = (problem: ChainProblem): void => void (wrong.has(problem.projectId) || wrong.set(problem.projectId, problem));
  const { problem, strays } = await verifyChain({
    store,
    chain,
    ...(project === undefined ? { onProblem } : { projectId: project }),
    check: (event) => against?.knownHeads.check(event) ?? own.check(event),
    onProgress: () =>
      void progress.tell(
        () =>
          `verified ${total === undefined ? '' : `${number(chain.events)} of `}${countOf(total ?? chain.events, 'event')}, ${pace.of(chain.events)}`,
      ),
  }).finally(() => progress.end());
  if (problem !== undefined) onProblem(problem);
  if (project === undefined) for (const head of chain.sound()) await edgesOf(store, head).then((found) => found && onProblem(found));
  for (const knownHeads of [against?.knownHeads, own]) for (const each of knownHeads?.truncated(chain, project) ?? []) onProblem(each);
  if (project !== undefined && chain.events === 0 && wrong.size === 0) throw new CommandFailed(`There is no project "${project}".`);
  const { events, projects } = chain;
  const flaws = [...irregular, ...wrong.values()];
  const problems = against?.problems ?? [];
  return {
    whole: flaws.length === 0 && problems.length === 0,
    events,
    projects,
    seconds: Number(pace.seconds.toFixed(3)),
    flaws,
    ...(strays.length > 0 && { strays: strays.map(({ projectId, why }) => ({ projectId, message: `stream "${projectId}": ${why}` })) }),
    ...(chain.latestMs > Date.now() + DATED_AHEAD_MS ? { datedAhead: new Date(chain.latestMs).toISOString() } : {}),
    ...(against === undefined ? {} : { against: { heads: against.genuine, problems } }),
  };
}

/** Takes where the store says that its projects are; answers how many events that makes. */
async function headsInto(knownHeads: KnownHeads, store: EventStore): Promise<number> {
  let total = 0;
  for await (const head of store.heads()) {
    knownHeads.add(head);
    total += head.revision + 1;
  }
  return total;
}

function inWords(
  { whole, events, projects, seconds, flaws, strays = [], datedAhead, against }: Found,
  { against: file, project }: Options,
): string {
  const heads =
    against === undefined ? '' : ` ${countOf(against.heads, 'signed head')} of ${file} ${against.heads === 1 ? 'is' : 'are'} genuine`;
  const ignored = [
    ...strays.map(({ message }) => `Ignored: ${message}. It holds nothing of a ledger.`),
    ...(datedAhead === undefined ? [] : [`Dated ahead of this machine's clock: the newest event, ${datedAhead}.`]),
  ];
  if (whole) {
    const signed = against === undefined ? '' : `${heads}, and the histories pass through ${against.heads === 1 ? 'it' : 'all of them'}.`;
    const whose =
      project === undefined
        ? `${countOf(events, 'event')} of ${countOf(projects, 'project')}`
        : `${countOf(events, 'event')} of "${project}"`;
    return [`Whole: ${whose}, every hash, link, number and time (${seconds} s).${signed}`, ...ignored].join('\n');
  }
  const lines = [
    ...flaws.map(({ code, message }) => `Not whole, ${code}: ${message}.`),
    ...(against?.problems ?? []).map(({ line, message }) => `${file}:${line}: ${message}.`),
  ];
  const far = flaws.some(({ code, projectId }) => code !== 'TRUNCATED' && projectId !== undefined)
    ? `${countOf(events, 'event')} ${events === 1 ? 'was' : 'were'} verified: of each project, those before what is wrong in it.`
    : `The ${countOf(events, 'event')} that are there follow each other.`;
  return [...lines, ...ignored, far].join('\n');
}
