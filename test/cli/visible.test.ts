import type { Verb } from '../../src/cli/verbs';
import { run } from '../../src/cli/program';
import type { Terminal } from '../../src/cli/verb';
import { writeOut } from '../../src/cli/sink';

/** U+009B begins what ESC [ begins, DEL deletes, and the rest changes how what follows is seen. */
const HOSTILE = 'a\u001b[2Jb\u009b31mc\u007fd\u202ee\u2066f\u200eg\u2028h\u0085i\u{e0041}j\rk\u0007l';
const SHOWN = 'a\\u001b[2Jb\\u009b31mc\\u007fd\\u202ee\\u2066f\\u200eg\\u2028h\\u0085i\\udb40\\udc41j\\u000dk\\u0007l';
const FAMILY = '👩‍👩‍👧 می‌خواهم\n\tand so on\n';

async function printed(verb: (terminal: Terminal) => unknown, options: Partial<Terminal> = {}): Promise<{ out: string; err: string }> {
  const said = { out: '', err: '' };
  const terminal = {
    environment: {},
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
    ...options,
  };
  const say: Verb = {
    name: 'say',
    description: 'Say it.',
    load: () => (command, inner) => void command.action(async () => void (await verb(inner))),
  };
  expect(await run(['say'], [say], terminal, '1')).toBe(0);
  return said;
}

test('nothing reaches a terminal that would steer it, and no script or emoji is harmed', async () => {
  const verb = (terminal: Terminal) => (terminal.out(HOSTILE + FAMILY), terminal.err(HOSTILE + FAMILY));
  expect(await printed(verb)).toEqual({ out: SHOWN + FAMILY, err: SHOWN + FAMILY });
  expect(await printed(verb, { colors: true, live: true })).toEqual({ out: SHOWN + FAMILY, err: SHOWN + FAMILY });
});

test('JSON says the same with the escapes', async () => {
  const { out } = await printed((terminal) => terminal.out(JSON.stringify({ [HOSTILE]: HOSTILE })));
  // eslint-disable-next-line no-control-regex
  expect(out).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  expect(JSON.parse(out)).toEqual({ [HOSTILE]: HOSTILE });
});

test('our own colours and progress pass where there are such', async () => {
  const verb = (terminal: Terminal) => (terminal.out('\u001b[32mgreen\u001b[39m'), terminal.err('\r\u001b[K1 of 2'));
  expect(await printed(verb, { colors: true, live: true })).toEqual({ out: '\u001b[32mgreen\u001b[39m', err: '\r\u001b[K1 of 2' });
  expect(await printed(verb)).toEqual({ out: '\\u001b[32mgreen\\u001b[39m', err: '\\u000d\\u001b[K1 of 2' });
});

test('data is exact in a file or another program, and escaped where it is looked at', async () => {
  const verb = (terminal: Terminal) => writeOut(terminal, undefined, HOSTILE);
  expect((await printed(verb)).out).toBe(HOSTILE);
  expect((await printed(verb, { interactive: true })).out).toBe(SHOWN);
});
