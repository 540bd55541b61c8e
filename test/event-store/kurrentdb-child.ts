/**
 * A process of its own on a KurrentDB: `many` appends concurrently and prints the count of each outcome, `exit` uses every call and closes
 * while they run, `hang` closes after a write that was not answered. All must end by themselves.
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

/** Writes until the server does not answer any more. */
async function hang(store: KurrentEventStore): Promise<void> {
  for (let index = 0; ; index += 1) {
    const failure = await store.append(`p${index}`, -1, history(`p${index}`, 1)).catch((error: Error) => error);
    if (failure !== undefined) return console.log(failure.constructor.name);
    if (index === 0) console.log('written');
  }
}

const MODES = { many: appendMany, exit: useAndExit, hang };
const [mode, url, timeoutMs = '5000'] = process.argv.slice(2) as [keyof typeof MODES, string, string?];
KurrentEventStore.open(url, { timeoutMs: Number(timeoutMs) })
  .then(async (store) => {
    await MODES[mode](store);
    await store.close();
    console.log('closed');
  })
  .catch((error: Error) => {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
  });
