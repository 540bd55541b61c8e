import { Pepper } from '../../src/domain/user-key';
import { HOUR_MS } from '../../src/evaluation/counter';
import { EMPTY_RECORD, type AssignResult, type UserRecord } from '../../src/evaluation/user-record';
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
