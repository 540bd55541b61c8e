/** Run as a process of its own: `write` appends until it is killed and prints what was acknowledged; `follow` prints the events that it reads. */
import { SqliteEventStore } from '../../src/event-store/sqlite';
import type { Envelope } from '../../src/domain/event';
import { following, history } from '../fixtures/events';

async function write(directory: string): Promise<void> {
  const store = new SqliteEventStore(directory);
  console.log('open');
  await Promise.all(
    ['one', 'two', 'three', 'four'].map(async (id) => {
      const known: Envelope[] = [];
      for await (const event of store.read(id)) known.push(event);
      let last = known.slice(-1);
      for (;;) {
        const events = last.length === 0 ? history(id, 3, { padding: 300 }) : following(last, 3, { padding: 300 });
        await store.append(id, (last[0]?.revision ?? -1) as number, events);
        for (const event of events) console.log(event.id);
        last = events.slice(-1);
      }
    }),
  );
}

async function follow(directory: string): Promise<void> {
  const store = new SqliteEventStore(directory, { readOnly: true });
  for await (const chunk of store.subscribe(undefined, new AbortController().signal)) {
    for (const { event } of chunk.events) console.log(event.id);
    if (chunk.caughtUp) console.log('caught up');
  }
}

const [mode, directory] = process.argv.slice(2) as [string, string];
(mode === 'write' ? write(directory) : follow(directory)).catch((error: Error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
});
