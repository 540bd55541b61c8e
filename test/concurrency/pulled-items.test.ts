import { PulledItems } from '../../src/concurrency/pulled-items';

class Numbers extends PulledItems<number> {
  readonly waiting: number[] = [];
  timesLeft = 0;

  push(item: number): void {
    this.waiting.push(item);
    this.onAsked();
  }

  break(error: Error): void {
    this.fail(error);
  }

  finish(): void {
    this.end();
  }

  protected override onAsked(): void {
    while (this.isAsked && this.waiting.length > 0) this.give(this.waiting.shift()!);
  }

  protected override onEnded(): void {
    this.timesLeft += 1;
  }
}

const OVER = { done: true, value: undefined };

test('each call of next gets one item, in order, whether it was there before or comes after', async () => {
  const numbers = new Numbers();
  numbers.push(1);
  expect(await numbers.next()).toEqual({ done: false, value: 1 });
  const asked = [numbers.next(), numbers.next()];
  numbers.push(2);
  numbers.push(3);
  numbers.push(4);
  expect(await Promise.all(asked)).toEqual([2, 3].map((value) => ({ done: false, value })));
  expect(numbers.waiting).toEqual([4]);
});

test('a reader that leaves ends all calls that wait, at once', async () => {
  const numbers = new Numbers();
  const asked = [numbers.next(), numbers.next()];
  expect(await numbers.return()).toEqual(OVER);
  expect(await Promise.all(asked)).toEqual([OVER, OVER]);
  expect(await numbers.next()).toEqual(OVER);
  await numbers.return();
  expect(numbers.timesLeft).toBe(1);
});

test('a failure goes to the call that has waited longest, and the others are answered that it is over', async () => {
  const numbers = new Numbers();
  const [first, second] = [numbers.next(), numbers.next()];
  numbers.break(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  expect(await second).toEqual(OVER);
  expect(numbers.timesLeft).toBe(1);
});

test('a failure that no call waits for is kept for the next one, unless the reader leaves first', async () => {
  const numbers = new Numbers();
  numbers.break(new Error('broken'));
  numbers.break(new Error('again'));
  await expect(numbers.next()).rejects.toThrow('broken');
  expect(await numbers.next()).toEqual(OVER);
  const others = new Numbers();
  others.break(new Error('broken'));
  await others.return();
  expect(await others.next()).toEqual(OVER);
});

test('a loop over it ends with it, and a loop that is left ends it', async () => {
  const numbers = new Numbers();
  const seen: number[] = [];
  numbers.push(1);
  const reading = (async () => {
    for await (const item of numbers) seen.push(item);
  })();
  numbers.push(2);
  await new Promise((resolve) => setImmediate(resolve));
  numbers.finish();
  await reading;
  expect(seen).toEqual([1, 2]);
  const others = new Numbers();
  others.push(1);
  for await (const _ of others) break;
  expect(others.timesLeft).toBe(1);
});
