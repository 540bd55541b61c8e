import { setTimeout as delay } from 'node:timers/promises';
import type { Envelope } from '../../src/domain/event';
import type { Chunk } from '../../src/event-store/event-store';
import { history } from '../fixtures/events';
import { all } from './event-store-probe';
import type { Probe } from './event-store-probe';

export function subscriptionContract(t: Probe): void {
  describe('subscribe', () => {
    test('gives history, says that it has caught up, then gives what is appended', async () => {
      const id = t.project();
      const start = await t.end();
      const events = history(id, 1205);
      for (let from = 0; from < 1200; from += 400) await t.store.append(id, from - 1, events.slice(from, from + 400));
      const iterator = t.store.subscribe(start, t.aborter.signal)[Symbol.asyncIterator]();
      const seen: Envelope[] = [];
      const next = async () => {
        const result = await iterator.next();
        if (result.done === true) throw new Error('the subscription ended');
        seen.push(...result.value.events.map(({ event }) => event).filter((event) => event.projectId === id));
        return result.value.caughtUp;
      };
      while (!(await next()));
      expect(seen).toEqual(events.slice(0, 1200));
      for (const event of events.slice(1200)) {
        await t.store.append(id, event.revision - 1, [event]);
        while (seen.length <= event.revision) await next();
      }
      expect(seen).toEqual(events);
    });

    test('at the end of the store says at once that it has caught up', async () => {
      const id = t.project();
      await t.store.append(id, -1, history(id, 1));
      const chunks = t.store.subscribe(await t.end(), t.aborter.signal);
      const chunk = await chunks[Symbol.asyncIterator]().next();
      expect(chunk).toEqual({ done: false, value: { events: [], caughtUp: true, left: 0 } });
    });

    test('an event that comes while no one asks is not lost', async () => {
      const id = t.project();
      const iterator = t.store.subscribe(await t.end(), t.aborter.signal)[Symbol.asyncIterator]();
      await iterator.next();
      const events = history(id, 3);
      await t.store.append(id, -1, events);
      await delay(20);
      const seen = await t.take({ [Symbol.asyncIterator]: () => iterator }, [id], 3);
      expect(seen.map(({ event }) => event)).toEqual(events);
    });

    test('several asked for at once come in order', async () => {
      const id = t.project();
      const iterator = t.store.subscribe(await t.end(), t.aborter.signal)[Symbol.asyncIterator]();
      await iterator.next();
      const asked = [iterator.next(), iterator.next(), iterator.next()];
      const events = history(id, 3);
      for (const event of events) {
        await t.store.append(id, event.revision - 1, [event]);
        await asked[event.revision];
      }
      const results = await Promise.all(asked);
      expect(results.flatMap(({ value }) => (value as Chunk).events.map(({ event }) => event))).toEqual(events);
    });

    test('history meets live without a gap or a duplicate, whenever the subscribers come and however slow they are', async () => {
      const ids = [t.project('l'), t.project('m'), t.project('n')];
      const start = await t.end();
      const size = 120;
      const writers = ids.map(async (id) => {
        const events = history(id, size);
        for (let at = 0; at < size; at += 3) {
          await t.store.append(id, at - 1, events.slice(at, at + 3));
          if (Math.random() < 0.5) await delay(Math.random() * 3);
        }
      });
      const readers = Array.from({ length: 8 }, async (_, index) => {
        await delay(Math.random() * 60);
        const slow = async function* () {
          for await (const chunk of t.store.subscribe(start, t.aborter.signal)) {
            if (index % 2 === 0) await delay(Math.random() * 4);
            yield chunk;
          }
        };
        return t.take(slow(), ids, ids.length * size);
      });
      await Promise.all(writers);
      const recorded = (await t.readAll(start)).filter(({ event }) => ids.includes(event.projectId));
      expect(recorded).toHaveLength(ids.length * size);
      for (const seen of await Promise.all(readers)) expect(seen).toEqual(recorded);
    });

    test('resumes after any position', async () => {
      const id = t.project();
      const start = await t.end();
      await t.store.append(id, -1, history(id, 50));
      const first = await t.take(t.store.subscribe(start, t.aborter.signal), [id], 50);
      const rest = await t.take(t.store.subscribe(first[20]?.position, t.aborter.signal), [id], 29);
      expect(rest).toEqual(first.slice(21));
    });

    test('ends at once when the signal aborts, also while it waits, and also if it has aborted before', async () => {
      const iterator = t.store.subscribe(await t.end(), t.aborter.signal)[Symbol.asyncIterator]();
      await iterator.next();
      const idle = iterator.next();
      t.aborter.abort();
      expect(await idle).toEqual({ done: true, value: undefined });
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
      expect(await all(t.store.subscribe(undefined, t.aborter.signal))).toEqual([]);
    });

    test('return() ends it at once, also while it waits', async () => {
      const iterator = t.store.subscribe(await t.end(), t.aborter.signal)[Symbol.asyncIterator]();
      await iterator.next();
      const idle = iterator.next();
      expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
      expect(await idle).toEqual({ done: true, value: undefined });
      const id = t.project();
      await t.store.append(id, -1, history(id, 1));
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
    });
  });
}
