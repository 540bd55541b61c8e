import { type Paint, painter } from './plan-text';
import type { Command } from 'commander';
import { backOff } from '../concurrency/timers';
import { followLines } from './feed-lines';
import { serverOf, withServer, type ServerOptions } from './server';
import { CommandFailed, type Terminal, oneLine } from './verb';

/** A change as the plain feed gives it; what is not shown is left out. */
export interface TailedChange {
  readonly type: string;
  readonly time: string;
  readonly revision: number;
  readonly sentence: string;
  readonly reason?: string;
}

/** One line for a terminal. Names and reasons are anybody's words: what could steer a terminal, or begin another line, is shown as what it is. */
export function changeLine({ type, time, revision, sentence, reason: why }: TailedChange, paint: Paint): string {
  const color = /(Created|Cloned|Restored)$/.test(type) ? 'green' : /Archived$/.test(type) ? 'red' : 'yellow';
  const reason = why === undefined ? '' : ` ${paint('dim', `(${oneLine(why)})`)}`;
  return `${paint('dim', `${time} #${revision}`)} ${paint(color, oneLine(sentence))}${reason}`;
}

interface Options extends ServerOptions {
  readonly project: string;
  readonly after?: string;
  readonly fromStart?: true;
  readonly types?: readonly string[];
  readonly entity?: string;
  readonly entityId?: string;
  readonly json?: true;
}

interface Line {
  readonly kind?: string;
  readonly cursor?: string;
}

const AGAIN = { firstMs: 250, longestMs: 15_000 };

/** Shows the changes of a project as they happen, until it is interrupted. A connection that is lost is made again, after the last change shown. */
export function tailVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .requiredOption('--project <id>', 'the project')
    .option('--after <cursor>', 'begin with what comes after this cursor')
    .option('--from-start', 'begin with the first event of the history')
    .option('--types <type...>', 'only events of these types, such as KeyCreated')
    .option(
      '--entity <kind>',
      'only events about things of this kind: project, key, segment, goal, exclusivity, flag, config or experiment',
    )
    .option('--entity-id <id>', 'only events about this one; goes with --entity')
    .option('--json', 'print each change as one line of CloudEvents JSON')
    .addHelpText('after', '\nExample:\n  experience-ledger tail --project shop --from-start --types KeyArchived')
    .action((options: Options) => new Tail(options, terminal).run());
}

class Tail {
  private cursor: string | undefined;
  private connected = false;
  private attempt = 0;
  private token: string | undefined;
  private readonly leaving: AbortSignal;

  constructor(
    private readonly options: Options,
    private readonly terminal: Terminal,
  ) {
    this.leaving = terminal.gone ?? new AbortController().signal;
  }

  async run(): Promise<void> {
    while (!this.leaving.aborted) {
      const { url, token } = await serverOf(this.terminal.environment, this.options);
      const request = { url, token, project: this.options.project, parameters: this.parameters(), signal: this.leaving };
      const { why, expired } = await followLines(request, (line) => this.take(line));
      if (this.leaving.aborted) return;
      // The first time it is a mistake, such as a wrong address; later the server is away, and will be back. A token that was given is always the same.
      if (!this.connected || (expired && this.token === token)) throw new CommandFailed(why);
      this.token = token;
      if (this.attempt === 0) this.terminal.err(`(${why}; connecting again)\n`);
      await backOff(this.attempt++, AGAIN, this.leaving);
    }
  }

  private parameters(): URLSearchParams {
    const { after, fromStart, types, entity, entityId } = this.options;
    const parameters = new URLSearchParams();
    const set = (name: string, value: string | undefined) => value !== undefined && parameters.set(name, value);
    if (this.cursor !== undefined) set('after', this.cursor);
    else {
      set('after', after);
      if (fromStart) set('fromStart', 'true');
    }
    set('types', types?.join(','));
    set('entity', entity?.toUpperCase());
    set('entityId', entityId);
    return parameters;
  }

  private async take(text: string): Promise<void> {
    const line = JSON.parse(text) as Line;
    this.connected = true;
    this.attempt = 0;
    if (line.kind === undefined) this.show(text, line as unknown as TailedChange);
    else if (line.kind === 'parked')
      this.terminal.err('(the read model of the project is parked, and its feed has stopped: see /health/ready)\n');
    this.cursor = line.cursor ?? this.cursor;
    await this.terminal.drained?.();
  }

  private show(text: string, change: TailedChange): void {
    this.terminal.out(this.options.json ? `${text}\n` : `${changeLine(change, painter(this.terminal.colors ?? false))}\n`);
  }
}
