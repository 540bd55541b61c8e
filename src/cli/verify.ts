import type { Command } from 'commander';
import type { Against } from '../audit/against';
import { Chain, type Flaw } from '../audit/chain';
import { flawOf, walk } from '../audit/walk';
import { Witness } from '../audit/witness';
import { DamagedRecord, type EventStore } from '../event-store/event-store';
import { headsIn, type HeadsFile } from './heads-file';
import { ownLedger, withLedger } from './ledger';
import { countOf, number, Pace, Progress } from './progress';
import { CommandFailed, Ended, type Terminal } from './verb';

/** The exit code when something is wrong with the record, apart from 1: then it could not be found out. */
const NOT_WHOLE = 3;

interface Options extends Partial<HeadsFile> {
  readonly json?: true;
}

/** Says whether the record is whole: every event as it was written, in its place, and every signed head still in its history. */
export function verifyVerb(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description(
      'Verify the ledger in EVENT_STORE, also beside a running server: that it is whole, or the first event that is not as it was.',
    )
    .option('--project <id>', 'one project alone')
    .option(
      '--against <file>',
      'signed heads, one a line: a heads.log, or what "heads" printed. Finds histories that were rewritten or cut off',
    )
    .option('--public-key <file...>', 'PEM of the keys that signed them; otherwise the one in DATA_DIR')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      `\nExit code: 0 if all is whole, ${NOT_WHOLE} if something is wrong, 1 if it could not be found out.\n\nExample:\n  experience-ledger verify --against heads-of-last-year.log --public-key heads.pem`,
    )
    .action(async (options: Options) => {
      const against = options.against === undefined ? undefined : await headsIn({ ...options, against: options.against }, terminal);
      const found = await withLedger(ownLedger(terminal.environment), 'audit', (store) => verified(terminal, store, options, against));
      if (options.json) terminal.out(`${JSON.stringify(found)}\n`);
      else terminal.out(`${inWords(found, options)}\n`);
      if (!found.whole) throw new Ended(NOT_WHOLE);
    });
}

/** A flaw of an event, or of the store itself, which is of no project. */
type Finding = Pick<Flaw, 'code' | 'message'> & Partial<Flaw>;

interface Found {
  readonly whole: boolean;
  readonly events: number;
  readonly projects: number;
  readonly seconds: number;
  /** All that is wrong with the file; then the first that is wrong with the events or, if they are whole, every project that was cut off. */
  readonly flaws: readonly Finding[];
  readonly against?: { readonly heads: number; readonly problems: Against['problems'] };
}

async function verified(terminal: Terminal, store: EventStore, { project }: Options, against: Against | undefined): Promise<Found> {
  const irregular = ((await store.irregularities?.()) ?? []).map((message): Finding => ({ code: 'REWRITTEN_TEXT', message }));
  const own = new Witness('the verification began');
  // Of one project alone what is read is its stream itself: there is nothing that a head of it could add.
  const { unreadable, total } = project === undefined ? await headsInto(own, store) : {};
  const progress = new Progress(terminal);
  const pace = new Pace();
  const chain = new Chain(project);
  const { flaw } = await walk({
    store,
    chain,
    ...(project === undefined ? {} : { projectId: project }),
    look: (event) => against?.witness.contradicted(event) ?? own.contradicted(event),
    take: () =>
      void progress.tell(
        () =>
          `verified ${total === undefined ? '' : `${number(chain.events)} of `}${countOf(total ?? chain.events, 'event')}, ${pace.of(chain.events)}`,
      ),
  }).finally(() => progress.end());
  const cutOff = (witness: Witness | undefined): Flaw[] => (witness === undefined ? [] : [...witness.cutOff(chain, project)]);
  const first = flaw ?? unreadable;
  const flaws = [...irregular, ...(first === undefined ? [...cutOff(against?.witness), ...cutOff(own)] : [first])];
  if (project !== undefined && chain.events === 0 && first === undefined && cutOff(against?.witness).length === 0)
    throw new CommandFailed(`There is no project "${project}".`);
  const { events, projects } = chain;
  const problems = against?.problems ?? [];
  return {
    whole: flaws.length === 0 && problems.length === 0,
    events,
    projects,
    seconds: Number(pace.seconds.toFixed(3)),
    flaws,
    ...(against === undefined ? {} : { against: { heads: against.genuine, problems } }),
  };
}

/** Where the store says that its projects are, and how many events that makes; or what is wrong with a head that it cannot give out. */
async function headsInto(witness: Witness, store: EventStore): Promise<{ readonly unreadable?: Flaw; readonly total?: number }> {
  let total = 0;
  try {
    for await (const head of store.heads()) {
      witness.add(head);
      total += head.revision + 1;
    }
    return { total };
  } catch (error) {
    if (error instanceof DamagedRecord) return { unreadable: flawOf(error) };
    throw error;
  }
}

function inWords({ whole, events, projects, seconds, flaws, against }: Found, { against: file, project }: Options): string {
  const heads =
    against === undefined ? '' : ` ${countOf(against.heads, 'signed head')} of ${file} ${against.heads === 1 ? 'is' : 'are'} genuine`;
  if (whole) {
    const signed = against === undefined ? '' : `${heads}, and the histories pass through ${against.heads === 1 ? 'it' : 'all of them'}.`;
    const whose =
      project === undefined
        ? `${countOf(events, 'event')} of ${countOf(projects, 'project')}`
        : `${countOf(events, 'event')} of "${project}"`;
    return `Whole: ${whose}, every hash, link, number and time (${seconds} s).${signed}`;
  }
  const lines = [
    ...flaws.map(({ code, message }) => `Not whole, ${code}: ${message}.`),
    ...(against?.problems ?? []).map(({ line, message }) => `${file}:${line}: ${message}.`),
  ];
  const far = flaws.some(({ code, projectId }) => code !== 'TRUNCATED' && projectId !== undefined)
    ? `Before it ${countOf(events, 'event')} were verified.`
    : `The ${countOf(events, 'event')} that are there follow each other.`;
  return `${lines.join('\n')}\n${far}`;
}
