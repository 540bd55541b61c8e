/**
 * A process of its own on a KurrentDB: `many` appends concurrently and prints the count of each outcome, `exit` uses every call and closes
 * while they run. Both must end by themselves.
 */
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { history } from '../fixtures/events';

async function appendMany(store: KurrentEventStore): Promise<void> {
  const outcomes = new Map<string, number>();
  const appends = Array.from({ length: 200 }, async (_, index) => {
    const outcome = await store.append(`p${index}`, -1, history(`p${index}`, 1, { padding: 200_000 })).then(
      () => 'appended',
      (error: Error) => error.constructor.name,
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  await Promise.all(appends);
  console.log(JSON.stringify(Object.fromEntries(outcomes)));
}

async function useAndExit(store: KurrentEventStore): Promise<void> {
  await store.append('shop', -1, history('shop', 300));
  for await (const _ of store.read('shop')) break;
  for await (const _ of store.readAll()) break;
  for await (const _ of store.subscribe(undefined, new AbortController().signal)) break;
  const idle = store.subscribe(undefined, new AbortController().signal)[Symbol.asyncIterator]();
  await idle.next();
  console.log('used');
}

const [mode, url] = process.argv.slice(2) as [string, string];
KurrentEventStore.open(url, { timeoutMs: 5_000 })
  .then(async (store) => {
    await (mode === 'many' ? appendMany(store) : useAndExit(store));
    await store.close();
    console.log('closed');
  })
  .catch((error: Error) => {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
  });
