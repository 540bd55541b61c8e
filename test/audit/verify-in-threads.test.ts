import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chain, type ChainProblem } from '../../src/audit/chain';
import { verifyChain } from '../../src/audit/verify-chain';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { history } from '../fixtures/events';
import { tamper } from '../fixtures/tamper';

// More than are read at once, so that several threads take part.
const PROJECTS = ['aa', 'bb', 'cc'];
const EVENTS = 250;
const AT_ONCE = 50;
let written: string;
let directory: string;
beforeAll(async () => {
  written = mkdtempSync(join(tmpdir(), 'threads-written-'));
  const store = new SqliteEventStore(written);
  const histories = PROJECTS.map((project) => history(project, EVENTS));
  for (let from = 0; from < EVENTS; from += AT_ONCE)
    for (const [at, events] of histories.entries()) await store.append(PROJECTS[at]!, from - 1, events.slice(from, from + AT_ONCE));
  await store.close();
});
afterAll(() => rmSync(written, { recursive: true }));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'threads-'));
  cpSync(written, directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What a verification finds, by threads or event by event. */
async function found(by: 'threads' | 'events') {
  const store = new SqliteEventStore(directory, { audited: true });
  try {
    const chain = new Chain();
    const problems: ChainProblem[] = [];
    let reported = 0;
    const { position, strays } = await verifyChain({
      store,
      chain,
      onProblem: (problem) => void problems.push(problem),
      onProgress: () => void (reported += 1),
      // Contents are asked for, which threads do not give.
      ...(by === 'events' && { accept: () => undefined }),
    });
    return { problems, position, strays, reported, events: chain.events, latestMs: chain.latestMs, sound: [...chain.sound()] };
  } finally {
    await store.close();
  }
}

const AT = `project_id = 'bb' AND revision = 120`;
test.each<[what: string, code: string | undefined, sql: string]>([
  ['nothing', undefined, 'SELECT 1'],
  ['a blank behind a text', 'REWRITTEN_TEXT', `UPDATE events SET body = body || ' ' WHERE ${AT}`],
  ['a text as bytes', 'REWRITTEN_TEXT', `UPDATE events SET body = CAST(body AS BLOB) WHERE ${AT}`],
  ['a member twice', 'REWRITTEN_TEXT', `UPDATE events SET body = '{"type":"Forged",' || substr(body, 2) WHERE ${AT}`],
  ['another type in its column', 'REWRITTEN_TEXT', `UPDATE events SET type = 'Forged' WHERE ${AT}`],
  ['a time in its column as text', 'REWRITTEN_TEXT', `UPDATE events SET occurred_at = 'then' WHERE ${AT}`],
  ['columns that share a text otherwise', 'REWRITTEN_TEXT', `UPDATE events SET type = type || char(31) || entity_kind WHERE ${AT}`],
  ['other content', 'ALTERED', `UPDATE events SET body = json_set(body, '$.commandId', 'forged') WHERE ${AT}`],
  ['another hash', 'ALTERED', `UPDATE events SET body = json_set(body, '$.hash', printf('%064d', 1)) WHERE ${AT}`],
  ['no JSON', 'NOT_AN_EVENT', `UPDATE events SET body = '{' WHERE ${AT}`],
  ['a list', 'NOT_AN_EVENT', `UPDATE events SET body = '[]' WHERE ${AT}`],
  ['an event that is gone', 'MISSING', `DELETE FROM events WHERE ${AT}`],
  ['many texts that are rewritten', 'REWRITTEN_TEXT', `UPDATE events SET body = body || ' ' WHERE project_id = 'bb' AND revision >= 120`],
])('with %s, threads find what is found event by event: %s', async (_, code, sql) => {
  tamper(directory, (db) => db.exec(sql));
  const byThreads = await found('threads');
  expect(byThreads).toEqual(await found('events'));
  expect(byThreads.problems.map(({ projectId, code: is }) => [projectId, is])).toEqual(code === undefined ? [] : [['bb', code]]);
  expect(byThreads.events).toBe(code === undefined ? 3 * EVENTS : 2 * EVENTS + 120);
});

test('a verification that ends at the first problem leaves no thread behind', async () => {
  tamper(directory, (db) => db.exec(`UPDATE events SET body = body || ' ' WHERE ${AT}`));
  const store = new SqliteEventStore(directory, { audited: true });
  const { problem } = await verifyChain({ store, chain: new Chain() });
  expect(problem).toMatchObject({ code: 'REWRITTEN_TEXT', projectId: 'bb', revision: 120 });
  await store.close();
});
