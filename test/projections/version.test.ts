import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projections, PROJECTION_VERSION } from '../../projections';
import type { Envelope } from '../../src/domain/event';
import { canonical, sha256 } from '../../src/domain/json';
import { schemaVersions, upcasts } from '../../src/domain/decider';
import { createUpcaster } from '../../src/event-store/upcast';
import { replay } from '../../src/projector/replay';
import { createMemoryReadModel } from '../../src/read-model/memory';
import type { Json } from '../../src/domain/json';
import type { Batch } from '../../src/read-model/read-model';

/** What each version makes of the events in test/golden. A version that has been released is never changed; a new one gets a line of its own. */
const RECORDED: Readonly<Record<string, string>> = {
  '1': '2693dc01d7fdeaad8e49382c4dab945bc08b12478b2c08062dca13e300cb7f24',
  '2': '21e01e5d4ca7b5ed96b09f0597ec2c6ca61adb2568c5ea44133eb87f73725f1d',
  '3': '863a5d232191e86f016479a62d406ab6d7ab57907f2b32fd25cd47b538bd6fd2',
};

test('what the projections make of the golden events is what this version of theirs has always made of them', async () => {
  const events = JSON.parse(readFileSync(join(__dirname, '../golden/events-v1.json'), 'utf8')) as Envelope[];
  const upcast = createUpcaster(schemaVersions, upcasts, new Set());
  const memory = createMemoryReadModel();
  const made: unknown[] = [];
  // One event at a time, so that every state that a document has lived through counts.
  const readModel = {
    ...memory,
    commit: (batch: Batch) => {
      made.push({ writes: batch.writes, log: { times: batch.log.times, labels: [...batch.log.labels] } });
      return memory.commit(batch);
    },
  };
  for (const event of events) await replay({ events: [event], readModel, projections, upcast });
  const digest = sha256(canonical(made as unknown as Json));
  const advice = 'documents, indexes or labels have changed: raise PROJECTION_VERSION and record the new digest beside the old ones';
  expect({ version: PROJECTION_VERSION, digest, advice }).toEqual({
    version: PROJECTION_VERSION,
    digest: RECORDED[PROJECTION_VERSION],
    advice,
  });
});
