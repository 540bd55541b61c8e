import { projections } from '../../projections';
import { digestOf, NeverStill, type ReadModelDigest } from '../../src/audit/digest';
import type { Envelope } from '../../src/domain/event';
import { schemaVersions, upcasts } from '../../src/domain/decider';
import { createUpcaster } from '../../src/event-store/upcast';
import { replay } from '../../src/projector/replay';
import { createMemoryReadModel } from '../../src/read-model/memory';
import type { ReadModel } from '../../src/read-model/read-model';
import { RedisReadModel } from '../../src/read-model/redis';
import { describeRedis } from '../fixtures/describe-redis';
import { Ledger } from '../fixtures/ledger';
import { RedisServer } from '../fixtures/redis-server';
import { createFlag, createKey } from '../fixtures/shop';

const COLLECTIONS = projections.map(({ collection }) => collection);
const upcast = createUpcaster(schemaVersions, upcasts, new Set());

const events = ((): readonly Envelope[] => {
  const ledger = Ledger.started();
  for (let at = 0; at < 230; at += 1) createKey(ledger, `key_${at}`);
  createFlag(ledger, 'Lights', 'key_1');
  for (let at = 100; at < 130; at += 1) ledger.accept({ type: 'ArchiveKey', name: `key_${at}` });
  return ledger.events;
})();

async function made(readModel: ReadModel, of = events): Promise<ReadModel> {
  await replay({ events: of, readModel, projections, upcast });
  return readModel;
}

const digest = async (readModel: ReadModel): Promise<ReadModelDigest> => (await digestOf(readModel, 'shop', COLLECTIONS))!;
const partsThatDiffer = (a: ReadModelDigest, b: ReadModelDigest): string[] =>
  a.parts.filter((part, at) => part.digest !== b.parts[at]?.digest).map(({ name }) => name);

test('the same events give the same digests, part by part, with what each part holds', async () => {
  const [one, other] = [await digest(await made(createMemoryReadModel())), await digest(await made(createMemoryReadModel()))];
  expect(one).toEqual(other);
  const counts = Object.fromEntries(one.parts.map(({ name, count }) => [name, count]));
  expect(counts).toMatchObject({ keys: 230, flags: 1, projects: 1, segments: 0, log: events.length });
  expect(one.checkpoint.revision).toBe(events.length - 1);
});

test('a document that says something else shows in its collection alone; so does one that is found otherwise', async () => {
  const whole = await digest(await made(createMemoryReadModel()));
  const tampered = (change: 'document' | 'index'): ReadModel => {
    const readModel = createMemoryReadModel();
    return {
      ...readModel,
      commit: (batch) =>
        readModel.commit({
          ...batch,
          writes: batch.writes.map((write) => {
            if (write.collection !== 'keys' || write.id !== 'key_7') return write;
            return change === 'document'
              ? { ...write, document: { ...write.document, description: 'x' } }
              : { ...write, index: { ...write.index, updated: write.index.updated + 50 } };
          }),
        }),
    };
  };
  expect(partsThatDiffer(whole, await digest(await made(tampered('document'))))).toEqual(['keys']);
  expect(partsThatDiffer(whole, await digest(await made(tampered('index'))))).toEqual(['keys']);
});

test('one event more or less shows, in the log at least', async () => {
  const whole = await digest(await made(createMemoryReadModel()));
  expect(partsThatDiffer(whole, await digest(await made(createMemoryReadModel(), events.slice(0, -1))))).toContain('log');
});

test('of a project that is not there it is none, and one that never rests is refused', async () => {
  const readModel = await made(createMemoryReadModel());
  expect(await digestOf(readModel, 'missing', COLLECTIONS)).toBeUndefined();
  let moves = 0;
  const restless: ReadModel = {
    ...readModel,
    checkpointsOf: async () => [{ revision: 1, hash: String((moves += 1)), occurredAt: 1 }],
  };
  await expect(digestOf(restless, 'shop', COLLECTIONS)).rejects.toThrow(NeverStill);
});

describeRedis('in Redis', () => {
  test('they are what they are in memory', async () => {
    const server = await RedisServer.start();
    const readModel = await RedisReadModel.open(server.address());
    try {
      expect(await digest(await made(readModel))).toEqual(await digest(await made(createMemoryReadModel())));
    } finally {
      await readModel.close();
      await server.stop();
    }
  });
});
