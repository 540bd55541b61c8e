import { Pepper } from '../../src/domain/user-key';
import { HOUR_MS } from '../../src/evaluation/counter';
import { EMPTY_RECORD, type AssignResult, type UserRecord } from '../../src/evaluation/user-record';
import { KnownContexts } from '../../src/serving/caches';
import { InvalidContext } from '../../src/serving/context';
import { Evaluator } from '../../src/serving/evaluator';
import { ServingChanges, servingTag } from '../../src/serving/serving-changes';
import { UserStoreUnavailable } from '../../src/user-store/user-store';
import type { Rulesets } from '../../src/serving/rulesets';
import { HOUR, rulesetOf } from '../evaluation/played';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey } from '../fixtures/shop';

/* V5: a client that has an answer may keep it only while nothing that the answer depends on has changed. */

const ledger = Ledger.started();
for (const key of ['size', 'crust']) createKey(ledger, key);
const draft = createExperiment(ledger, 'Draft', ['size']);
const running = createExperiment(ledger, 'Running', ['crust']);
ledger.accept({ type: 'StartExperiment', id: running });
const ruleset = rulesetOf(ledger);

let record: UserRecord;
let assigns: (version: number) => Promise<AssignResult>;
let nowMs: number;
const counts: unknown[] = [];
beforeEach(() => {
  record = EMPTY_RECORD;
  assigns = async (version) => ({ stored: true, assignmentVersion: version + 1 });
  nowMs = HOUR * HOUR_MS;
});

const evaluator = new Evaluator({
  rulesets: { current: async () => ruleset, atHand: () => ruleset, at: async () => undefined } as unknown as Rulesets,
  users: { load: async () => record, assign: async (_projectId, _user, version) => assigns(version) },
  pepper: new Pepper(new Uint8Array(32)),
  exposures: { note: () => undefined, during: (serve) => serve() },
  tallies: { note: (...counted) => counts.push(counted) },
  clock: () => nowMs,
  onUnavailable: () => undefined,
});
const ask = (ifNoneMatch?: string) =>
  evaluator.all({ projectId: 'shop', context: { userId: 'u1', properties: {}, isPreview: false }, body: '{}', ifNoneMatch });

test('an answer without the assignment that should have been stored is not kept: the next request tries again', async () => {
  assigns = async () => ({ stored: false, record });
  const first = await ask();
  expect(first.flags).toContain('"unstored":true');
  const second = await ask(first.etag);
  expect(second.flags).toContain('"unstored":true');
  assigns = async (version) => ({ stored: true, assignmentVersion: version + 1 });
  const third = await ask(first.etag);
  expect(third.flags).toContain('"source":"');
  expect(third.flags).not.toContain('unstored');
  expect(third.etag).not.toBe(first.etag);
});

test('R4: what is served while the store is away is counted by experiment and variant, and what was stored is not', async () => {
  await ask();
  expect(counts).toEqual([]);
  assigns = () => Promise.reject(new UserStoreUnavailable('away'));
  expect((await ask()).flags).toContain('"unstored":true');
  expect(counts).toEqual([['shop', 'UNSTORED', running, expect.stringMatching(/^v[12]$/)]]);
  await evaluator.all({ projectId: 'shop', context: { userId: 'u1', properties: {}, isPreview: true }, body: '{}' });
  expect(counts).toHaveLength(1);
});

test('an answer is kept after its assignment was stored', async () => {
  const { etag } = await ask();
  record = { ...EMPTY_RECORD, assignmentVersion: 1, assignments: [{ experiment: running, variant: 'v2', assignedAt: 0, revision: 1 }] };
  expect(await ask(etag)).toMatchObject({ etag, flags: undefined });
});

test('an override that has ended is not kept, though nothing else has changed', async () => {
  record = { ...EMPTY_RECORD, overrides: [{ experiment: draft, variant: 'v2', until: nowMs }] };
  const { etag, flags } = await ask();
  expect(flags).toContain('"source":"override"');
  expect((await ask(etag)).flags).toBeUndefined();
  nowMs += HOUR_MS;
  expect((await ask(etag)).flags).not.toContain('override');
});

test('what is asked for again without a tag is answered from memory, byte for byte, until anything that it depends on has changed', async () => {
  let asked = ruleset;
  const again = new Evaluator({
    rulesets: { current: async () => asked, atHand: () => asked, at: async () => undefined } as unknown as Rulesets,
    users: { load: async () => record, assign: async (_projectId, _user, version) => assigns(version) },
    recent: () => record,
    pepper: new Pepper(new Uint8Array(32)),
    exposures: { note: () => undefined, during: (serve) => serve() },
    tallies: { note: () => undefined },
    clock: () => nowMs,
    onUnavailable: () => undefined,
  });
  const all = async (userId = 'u1') =>
    again.all({ projectId: 'shop', context: { userId, properties: {}, isPreview: false }, body: JSON.stringify({ userId }) });
  const isInMemory = ({ flags }: { readonly flags: unknown }) => flags instanceof Buffer;
  /** Asks until the answer comes from memory; it is the same each time. */
  const kept = async (): Promise<string> => {
    const answers = [await all(), await all(), await all()];
    expect(answers.map(isInMemory)).toEqual([false, false, true]);
    expect(new Set(answers.map(({ etag, flags }) => `${etag} ${String(flags)}`)).size).toBe(1);
    return String(answers[2]!.flags);
  };
  const assignedTo = (variant: string, assignmentVersion: number): UserRecord => ({
    ...EMPTY_RECORD,
    assignmentVersion,
    assignments: [{ experiment: running, variant, assignedAt: 0, revision: 1 }],
  });
  record = assignedTo('v1', 1);
  const first = await kept();
  expect(isInMemory(await all('u2'))).toBe(false);
  record = assignedTo('v2', 2);
  expect(await kept()).not.toBe(first);
  record = { ...record, overrides: [{ experiment: draft, variant: 'v2', until: nowMs }] };
  expect(await kept()).toContain('"source":"override"');
  nowMs += HOUR_MS;
  expect(String((await all()).flags)).not.toContain('override');
  record = assignedTo('v1', 3);
  expect(await kept()).toBe(first);
  const other = Ledger.started();
  createKey(other, 'size');
  asked = rulesetOf(other);
  expect(await kept()).not.toBe(first);
});

test('a context is read once for the same bytes, and a body that is wrong or long each time', () => {
  const contexts = new KnownContexts();
  let reads = 0;
  const of = (text: string) =>
    contexts.of(Buffer.from(text), () => {
      reads += 1;
      if (text === 'wrong') throw new InvalidContext('wrong');
      return { context: undefined, text };
    }).text;
  // Two texts of which one has the characters that are the bytes of the other.
  for (const text of ['{"a":"ä"}', '{"a":"Ã¤"}', '{"a":"ä"}', '{"a":"Ã¤"}']) expect(of(text)).toBe(text);
  expect(reads).toBe(2);
  for (let time = 1; time <= 2; time += 1) expect(() => of('wrong')).toThrow(InvalidContext);
  expect(reads).toBe(4);
  const long = `"${'x'.repeat(5_000)}"`;
  expect([of(long), of(long)]).toEqual([long, long]);
  expect(reads).toBe(6);
  contexts.clear();
  of('{"a":"ä"}');
  expect(reads).toBe(7);
});

test('what is stored of a user is not read where nothing that is set up can depend on it', async () => {
  const load = jest.fn(async () => record);
  const asked = async (project: Ledger): Promise<number> => {
    const rulesets = { atHand: () => rulesetOf(project) } as unknown as Rulesets;
    const options = {
      pepper: new Pepper(new Uint8Array(32)),
      exposures: { note: () => undefined, during: <Result>(serve: () => Promise<Result>) => serve() },
      tallies: { note: () => undefined },
      clock: () => nowMs,
      onUnavailable: () => undefined,
    };
    const users = { load, assign: async (_projectId: string, _user: string, version: number) => assigns(version) };
    const context = { userId: 'u1', properties: {}, isPreview: false };
    load.mockClear();
    await new Evaluator({ rulesets, users, ...options }).all({ projectId: 'shop', context, body: '{}' });
    return load.mock.calls.length;
  };
  const alone = Ledger.started();
  createKey(alone, 'size');
  expect(await asked(alone)).toBe(0);
  // A forced variant of a draft would be served.
  createExperiment(alone, 'Draft', ['size']);
  expect(await asked(alone)).toBe(1);
});

test('more than 500 who listen hear of a change within 2 s, and not all in one moment', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
  try {
    const changes = new ServingChanges({ current: async () => ruleset }, () => undefined);
    const heard = { few: 0, many: 0 };
    const turns = async () => {
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    for (let at = 0; at < 500; at += 1) changes.listen('few', '0-0', (tag) => (heard.few += Number(tag === servingTag(ruleset))));
    await turns();
    expect(heard.few).toBe(500);
    for (let at = 0; at < 600; at += 1) changes.listen('many', '0-0', () => (heard.many += 1));
    await turns();
    expect(heard.many).toBe(0);
    jest.advanceTimersByTime(1_000);
    expect(heard.many).toBeGreaterThan(200);
    expect(heard.many).toBeLessThan(400);
    jest.advanceTimersByTime(1_000);
    expect(heard.many).toBe(600);
  } finally {
    jest.useRealTimers();
  }
});
