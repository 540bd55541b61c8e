import type { SingleCommand as Command } from '../../src/domain/decider';
import type { Rule } from '../../src/domain/rule';
import { MemoryEventStore } from '../../src/event-store/memory';
import { Instance } from '../application/instance';
import { counterOf, liveCounters, tooManyCounters } from '../../src/evaluation/counter';
import { Ledger } from '../fixtures/ledger';
import { createFlag, createKey, createSegment } from '../fixtures/shop';
import { rulesetOf } from './played';

const counters = (events: number, windows: number) =>
  Array.from({ length: events }, (_, event) =>
    Array.from({ length: windows }, (__, days) => counterOf({ event: `Event ${event}`, window: { lastDays: days + 1 } })),
  ).flat();

test('live rules count at most 500 things, and 50 of one event; more is said in words', () => {
  expect(tooManyCounters(counters(10, 50))).toBeUndefined();
  expect(tooManyCounters(counters(1, 51))).toMatchObject({
    message: expect.stringMatching(/count one event in at most 50 different ways, and these would count "Event 0" in 51/) as string,
    limit: 50,
  });
  expect(tooManyCounters(counters(167, 3))).toMatchObject({
    message: expect.stringMatching(/count at most 500 different things that users do, and these would count 501/) as string,
    limit: 500,
  });
});

test('a command is refused by which live rules would count more than that, whichever command it is; one that counts less is not', async () => {
  const instance = new Instance(new MemoryEventStore());
  await instance.createProject();
  const windows = (count: number, from = 1): Rule => ({
    any: Array.from({ length: count }, (_, at) => ({ did: { event: 'Purchase', window: { lastDays: from + at } } })),
  });
  const create = async (command: Command): Promise<string> => (await instance.accept(command)).entity!.id;
  const key = await create({ type: 'CreateKey', name: 'offer', valueType: 'NUMBER', defaultValue: 0 });
  expect(key).toBe('offer');
  const [many, more] = [
    await create({ type: 'CreateSegment', name: 'Many', rule: windows(50) }),
    await create({ type: 'CreateSegment', name: 'More', rule: windows(1, 60) }),
  ];
  const flagOf = (name: string, segment: string) =>
    create({ type: 'CreateFlag', name, key: 'offer', rows: [{ segment, percentage: 10_000, value: 1 }] });
  const flag = await flagOf('Offer', many);
  await instance.accept({ type: 'PublishFlag', id: flag });
  const config = await create({
    type: 'CreateConfig',
    name: 'C',
    keys: ['offer'],
    rows: [{ segment: more, values: [{ key: 'offer', value: 2 }] }],
  });
  const refused = { kind: 'refused', refusal: { code: 'LIMIT_REACHED', limit: 50, message: expect.stringContaining('in 51') as string } };
  expect(await instance.submit({ type: 'PublishConfig', id: config })).toMatchObject(refused);
  expect(await instance.submit({ type: 'EditSegment', id: many, rule: windows(51) })).toMatchObject(refused);
  await instance.accept({ type: 'EditSegment', id: many, rule: windows(49) });
  await instance.accept({ type: 'PublishConfig', id: config });
});

test('rules that count the same thing share a counter, with whichever count they compare it', () => {
  const ledger = Ledger.started();
  const did = { event: 'Purchase', window: { lastDays: 7 } } as const;
  for (const [index, atLeast] of [1, 2, 3].entries()) {
    createKey(ledger, `k${index}`);
    const segment = createSegment(ledger, `S${index}`, { did: { ...did, count: { atLeast } } });
    const id = createFlag(ledger, `F${index}`, `k${index}`, { rows: [{ segment, percentage: 10_000, value: 1 }] });
    ledger.accept({ type: 'PublishFlag', id });
  }
  expect(liveCounters(rulesetOf(ledger))).toEqual([counterOf(did)]);
});
