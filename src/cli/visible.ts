import type { Terminal } from './verb';

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
