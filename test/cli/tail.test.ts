import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { verbs } from '../../src/cli/verbs';
import { run } from '../../src/cli/program';
import { changeLine } from '../../src/cli/tail';
import { analyst, serveFeed } from '../http/feed-server';
import { tokenFor, type Running } from '../http/running-server';

const servers: Running[] = [];
afterEach(async () => {
  for (const { server } of servers.splice(0)) await server.stop();
});

async function serve(...args: Parameters<typeof serveFeed>) {
  const running = await serveFeed(...args);
  servers.push(running);
  return running;
}

/** A tail that runs until `leave`. */
async function tail(url: string, line: readonly string[], { colors = false, token }: { colors?: boolean; token?: string } = {}) {
  const leaving = new AbortController();
  const printed = { out: '', err: '' };
  const terminal = {
    environment: { LEDGER_URL: url, LEDGER_TOKEN: token ?? (await tokenFor(analyst)) },
    colors,
    gone: leaving.signal,
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
  };
  const ended = run(['tail', '--project', 'shop', ...line], verbs, terminal, '1.2.3');
  const lines = () => printed.out.split('\n').slice(0, -1);
  const until = async (count: number) => {
    while (lines().length < count) await sleep(10);
    return lines();
  };
  const leave = async () => {
    leaving.abort();
    return ended;
  };
  return { printed, lines, until, ended, leave };
}

test('one line a change: when, which, who and what; and it ends when no one reads it any more', async () => {
  const { url, harness } = await serve();
  const { until, leave, printed } = await tail(url, ['--from-start']);
  const [first] = await until(3);
  expect(first).toBe('2026-01-01T00:00:01.000Z #0 alice created project *Shop*');
  harness.ledger.accept({ type: 'EditProject', id: 'shop', description: 'new' }, { reason: 'it was old' });
  const [event] = harness.ledger.events.slice(-1);
  await harness.write([event!]);
  harness.deliver([event!]);
  harness.show(event!);
  expect((await until(4)).at(-1)).toMatch(/ #3 alice .* \(it was old\)$/);
  expect(await leave()).toBe(0);
  expect(printed.err).toBe('');
});

test('--json gives CloudEvents, --types and --after narrow it', async () => {
  const { url, harness } = await serve({}, 4);
  const { until, leave } = await tail(url, ['--json', '--after', harness.text(1), '--types', 'ProjectDescribed', 'KeyCreated']);
  const lines = (await until(3)).map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([2, 3, 4].map((revision) => ({ specversion: '1.0', revision, id: harness.ledger.events[revision]!.id })));
  await leave();
});

test('it connects again by itself, and shows every change once', async () => {
  const { url, harness, server } = await serve({}, 10);
  const { until, leave, printed } = await tail(url, ['--from-start', '--json']);
  await until(11);
  for (let cut = 1; cut <= 2; cut += 1) {
    server.app.server.closeAllConnections();
    await harness.happen(5);
    await until(11 + 5 * cut);
  }
  const revisions = (await until(21)).map((line) => (JSON.parse(line) as { revision: number }).revision);
  expect(revisions).toEqual(Array.from({ length: 21 }, (_, index) => index));
  expect(printed.err.match(/connecting again/g)?.length).toBe(2);
  await leave();
});

test('what cannot get better by trying again is said once, and ends it', async () => {
  const { url, harness } = await serve();
  const failing = async (line: readonly string[], at = url, token?: string) => {
    const { ended, printed } = await tail(at, line, token === undefined ? {} : { token });
    return { code: await ended, err: printed.err };
  };
  expect(await failing(['--types', 'Nothing'])).toMatchObject({ code: 1, err: expect.stringContaining('"Nothing" is not a type') });
  expect(await failing(['--after', harness.text(1).slice(1)])).toMatchObject({ code: 1, err: expect.stringContaining('cut short') });
  expect(await failing([], url, 'nonsense')).toMatchObject({ code: 1, err: expect.stringContaining('malformed') });
  expect(await failing([], 'http://127.0.0.1:48999')).toMatchObject({ code: 1, err: expect.stringContaining('ECONNREFUSED') });
  const short = await tokenFor({ ...analyst, ttlMs: 2_900 });
  expect(await failing([], url, short)).toMatchObject({ code: 1, err: expect.stringContaining('expired') });
});

test('in colours, and what could steer a terminal is made harmless', () => {
  const paint = (color: string, text: string) => `<${color}>${text}</>`;
  const change = {
    type: 'KeyArchived',
    time: 'T',
    revision: 7,
    sentence: 'bob archived \u001b[2J\u202ekey\nFAKE',
    reason: 'a\u0007b',
  };
  const line = changeLine(change, paint);
  expect(line).toBe('<dim>T #7</> <red>bob archived \\u001b[2J\\u202ekey\\u000aFAKE</> <dim>(a\\u0007b)</>');
  expect(stripVTControlCharacters(line)).toBe(line);
  expect(changeLine({ ...change, type: 'KeyCreated' }, paint)).toContain('<green>');
});
