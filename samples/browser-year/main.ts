import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { catalogue, play } from './play';

/** `npx tsx samples/browser-year/main.ts DIRECTORY [acts] [seed]`: plays a year into a new ledger in that directory. */
async function main(directory: string, acts = 4_000, seed = 1): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const store = new SqliteEventStore(directory);
  try {
    for await (const { projectId } of store.heads()) {
      if (projectId === 'browser') throw new Error(`${directory} has a project "browser" already: choose another directory.`);
    }
    let [events, refused] = [0, 0];
    const year = { projectId: 'browser', setup: catalogue(), acts, seed, begins: Date.UTC(2025, 0, 1) };
    await play(store, year, {
      reported: (_act, outcome) => {
        if (outcome.kind === 'refused') refused += 1;
        else events += outcome.events.length;
      },
    });
    console.log(`${events} events, and ${refused} refusals, which leave no trace. Look at them with: DATA_DIR=${directory} npm start`);
  } finally {
    await store.close();
  }
}

const [, , directory, acts, seed] = process.argv;
if (directory === undefined) {
  console.error('Say where to: npx tsx samples/browser-year/main.ts DIRECTORY [how many things are tried] [seed]');
  process.exitCode = 1;
} else {
  main(resolve(directory), acts === undefined ? undefined : Number(acts), seed === undefined ? undefined : Number(seed)).catch(
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
