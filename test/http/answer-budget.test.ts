import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ANSWER_BYTES, AnswerBudget, OutgoingBytes, TOO_LARGE, TOO_MANY, UNDER_WAY_BYTES } from '../../src/http/answer-budget';

const MIB = 2 ** 20;
const whyOf = (budget: AnswerBudget): Promise<string | undefined> => Promise.race([budget.exceeded, Promise.resolve(undefined)]);

test('an answer may have 10 MiB and no byte more', async () => {
  const budget = new AnswerBudget(new OutgoingBytes());
  for (let bytes = 0; bytes < ANSWER_BYTES; bytes += MIB) expect(budget.take(MIB)).toBeUndefined();
  expect(await whyOf(budget)).toBeUndefined();
  const instead = budget.take(1);
  expect(instead).toBeInstanceOf(Promise);
  // Whatever is still resolved meanwhile waits for the same.
  expect(budget.take(1)).toBe(instead);
  expect(await whyOf(budget)).toBe(TOO_LARGE);
});

test('large answers share 64 MiB until they have gone out; small ones ask for nothing', async () => {
  const outgoing = new OutgoingBytes();
  const large = Array.from({ length: UNDER_WAY_BYTES / ANSWER_BYTES }, () => new AnswerBudget(outgoing));
  for (const budget of large) expect(budget.take(ANSWER_BYTES)).toBeUndefined();
  const late = new AnswerBudget(outgoing);
  expect(late.take(8 * MIB)).toBeInstanceOf(Promise);
  expect(await whyOf(late)).toBe(TOO_MANY);
  expect(new AnswerBudget(outgoing).take(200_000)).toBeUndefined();
  large[0]!.release();
  expect(new AnswerBudget(outgoing).take(8 * MIB)).toBeUndefined();
});

test('what was taken is given back once, also where the client went before', () => {
  const outgoing = new OutgoingBytes();
  for (let round = 0; round < 20; round += 1) {
    const budget = new AnswerBudget(outgoing);
    expect(budget.take(9 * MIB)).toBeUndefined();
    budget.release();
    budget.release();
    expect(budget.take(1)).toBeUndefined();
  }
  expect(outgoing.take(UNDER_WAY_BYTES)).toBe(true);
  expect(outgoing.take(1)).toBe(false);
});

test('an answer that is made already is held by its bytes, whatever its characters are, until its connection is done with it', () => {
  const outgoing = new OutgoingBytes();
  const response = Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse;
  const most = '\u20ac'.repeat(Math.floor(UNDER_WAY_BYTES / 3));
  expect(outgoing.hold(response, most)).toBe(true);
  expect(outgoing.hold(response, Buffer.alloc(2 ** 18 + 1))).toBe(false);
  expect(outgoing.hold(response, '\u20ac'.repeat(2 ** 16))).toBe(true);
  response.emit('close');
  expect(outgoing.take(UNDER_WAY_BYTES)).toBe(true);
  expect(outgoing.hold({ closed: true } as ServerResponse, most)).toBe(true);
});
