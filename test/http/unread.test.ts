import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { cutOffUnread, READ_WITHIN_MS } from '../../src/http/answer-body';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const responseOf = () => Object.assign(new EventEmitter(), { destroy: jest.fn() });

test.each([
  ['that is not read is closed after a minute', READ_WITHIN_MS + 1, 1],
  ['that is read before is left alone', READ_WITHIN_MS - 1, 0],
])('the connection of an answer %s', (_, closesAfterMs, times) => {
  const response = responseOf();
  cutOffUnread(response as unknown as ServerResponse);
  jest.advanceTimersByTime(closesAfterMs);
  response.emit('close');
  jest.advanceTimersByTime(READ_WITHIN_MS);
  expect(response.destroy).toHaveBeenCalledTimes(times);
});
