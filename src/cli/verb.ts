/** What a verb works with besides its arguments: tests give their own. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** What goes out is looked at as it is written. */
  readonly interactive?: boolean;
  /** Data that goes out: exact, unless it is looked at. */
  data?(text: string): void;
  /** Whether what goes out is looked at in colours. */
  readonly colors?: boolean;
  /** Whether standard error is looked at as it is written, by someone who does not want a new line for every step. */
  readonly live?: boolean;
  /** Waits until someone presses Enter: true; or wants no more: false. Absent where no one could. */
  next?(): Promise<boolean>;
  /** Resolves when what went out has been taken, so that a slow reader is not ahead of by a whole ledger. */
  drained?(): Promise<void>;
  /** Aborted when no one reads what goes out any more: what has no end of its own ends then. */
  readonly gone?: AbortSignal;
}

/** What went wrong, for anyone who typed the command: one message, no stack, exit code 1. */
export class CommandFailed extends Error {}

/** What was asked for cannot be meant: one message, exit code 2. */
export class WrongUse extends CommandFailed {}

/** Ends the command line with this exit code: all that there is to say has been said. */
export class Ended extends Error {
  constructor(readonly exitCode: number) {
    super(`exit code ${exitCode}`);
  }
}

/** How a command line ends. `incomplete`: all was done that could be, and something was wrong with a project, which is named. */
export const EXIT = { ok: 0, failure: 1, usage: 2, notWhole: 3, incomplete: 4 } as const;

/**
 * What a terminal acts upon, or what changes how the text around it is seen: controls of both sets, DEL, line and paragraph separators, and all that is
 * there for formatting, overrides of the writing direction among it. Not the two joiners: emoji and several scripts are spelled with them.
 */
const STEERING = '(?![\\u200c\\u200d])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]';
const EACH = new RegExp(STEERING, 'gu');
/** Or what this program writes itself: a colour, a line written anew, the end of a line. */
const EACH_BUT_OURS = new RegExp(`\\u001b\\[[0-4]?[0-9]m|\\r\\u001b\\[K|\\r\\n|${STEERING}`, 'gu');

/** A text of people's that is to stay on its line: whatever would steer the terminal is shown as what it is, `\u009b`. */
export function oneLine(text: string): string {
  return text.replace(EACH, escaped);
}

/**
 * The terminal as verbs have it: nothing reaches a screen that would steer it, whatever a server or a file says. Escapes are those of JSON, so JSON says
 * the same with them. `data` is exact where it goes into a file or another program.
 */
export function harmless(terminal: Terminal): Terminal & Required<Pick<Terminal, 'data'>> {
  const colors = terminal.colors ?? false;
  const out = (text: string): void => terminal.out(visible(text, colors, false));
  return {
    ...terminal,
    out,
    err: (text) => terminal.err(visible(text, colors, terminal.live ?? false)),
    data: terminal.interactive === true ? out : (text) => terminal.out(text),
  };
}

function visible(text: string, colors: boolean, live: boolean): string {
  return text.replace(EACH_BUT_OURS, (found) => {
    const ours = found.startsWith('\u001b[') ? colors : found === '\r\u001b[K' ? live : /^(?:\r?\n|\t)$/.test(found);
    return ours ? found : oneLine(found);
  });
}

function escaped(found: string): string {
  return Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}
