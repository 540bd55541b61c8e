import { ask, load, median, row, withBoth, type BenchServer, type Figures } from './load';

/**
 * `keys(first: 50)` of 500 beside a query on the same server that returns 50 such rows from a constant; aim: at least 80 % of its rate. And the same
 * with the read models in Redis; aim: at least 70 % of the rate from memory.
 */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const KEYS = 500;
const AT_ONCE = 25;

const document = (field: string): string =>
  `query Page { ${field}(projectId: "bench", first: 50) { totalCount pageInfo { hasNextPage endCursor } nodes { name type defaultValue version updatedAt } } }`;

async function main(): Promise<void> {
  await withBoth(async ({ memory, redis }) => {
    for (const server of [memory, redis]) {
      await setUp(server);
      for (const field of ['constantKeys', 'keys']) await load(server, 16, 2, () => ({ query: document(field) }));
    }
    for (const clients of [1, 16, 64]) {
      const constants: Figures[] = [];
      const fromMemory: Figures[] = [];
      const fromRedis: Figures[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        constants.push(await load(memory, clients, SECONDS, () => ({ query: document('constantKeys') })));
        fromMemory.push(await load(memory, clients, SECONDS, () => ({ query: document('keys') })));
        fromRedis.push(await load(redis, clients, SECONDS, () => ({ query: document('keys') })));
      }
      const [constant, page, shared] = [median(constants), median(fromMemory), median(fromRedis)];
      console.log(row(`50 constant rows, ${clients} clients`, constant));
      console.log(row(`keys(first: 50) of 500, ${clients} clients`, page, page.perSecond / constant.perSecond));
      console.log(`${row('  the same from Redis', shared)}   to memory ${(shared.perSecond / page.perSecond).toFixed(2)}`);
    }
  });
}

async function setUp(server: BenchServer): Promise<void> {
  await ask(server, 'mutation { createProject(input: { projectId: "bench", name: "Bench" }) { __typename ... on Refusal { code } } }');
  for (let key = 0; key < KEYS; key += AT_ONCE) {
    const fields = Array.from(
      { length: AT_ONCE },
      (_, index) =>
        `k${index}: createKey(input: { projectId: "bench", name: "key_${key + index}", type: STRING, defaultValue: "constant" }) { __typename ... on Refusal { code } }`,
    );
    await ask(server, `mutation { ${fields.join(' ')} }`);
  }
}

void main();
