import { ask, load, median, row, withServer, type Figures } from './load';

/** `keys(first: 50)` of 500 beside a query on the same server that returns 50 such rows from a constant. Aim: at least 80 % of its rate. */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const KEYS = 500;
const AT_ONCE = 25;

const document = (field: string): string =>
  `query Page { ${field}(projectId: "bench", first: 50) { totalCount pageInfo { hasNextPage endCursor } nodes { name type defaultValue version updatedAt } } }`;

async function main(): Promise<void> {
  await withServer(async (server) => {
    await ask(server, 'mutation { createProject(input: { projectId: "bench", name: "Bench" }) { __typename ... on Refusal { code } } }');
    for (let key = 0; key < KEYS; key += AT_ONCE) {
      const fields = Array.from(
        { length: AT_ONCE },
        (_, index) =>
          `k${index}: createKey(input: { projectId: "bench", name: "key_${key + index}", type: STRING, defaultValue: "constant" }) { __typename ... on Refusal { code } }`,
      );
      await ask(server, `mutation { ${fields.join(' ')} }`);
    }
    await load(server, 16, 2, () => ({ query: document('keys') }));
    for (const clients of [1, 16, 64]) {
      const pages: Figures[] = [];
      const constants: Figures[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        constants.push(await load(server, clients, SECONDS, () => ({ query: document('constantKeys') })));
        pages.push(await load(server, clients, SECONDS, () => ({ query: document('keys') })));
      }
      const [page, constant] = [median(pages), median(constants)];
      console.log(row(`50 constant rows, ${clients} clients`, constant));
      console.log(row(`keys(first: 50) of 500, ${clients} clients`, page, page.perSecond / constant.perSecond));
    }
  });
}

void main();
