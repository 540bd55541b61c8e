import type { Caller } from '../../src/application/caller';
import { canonical, sha256 } from '../../src/domain/json';
import { OutgoingBytes } from '../../src/http/answer-budget';
import { buildLogger } from '../../src/http/logger';
import { Metrics } from '../../src/http/metrics';
import { resultsRoutes } from '../../src/http/results-route';
import { buildServer, type HttpServer } from '../../src/http/server';
import { NO_MOMENTS, type MomentsQuery } from '../../src/observations/moments';
import { ExperimentResults, type Report } from '../../src/reporting/experiment-results';
import { upcast } from '../../src/audit/entry';
import { watchingTurns, withinTurns } from '../fixtures/event-loop';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createGoal, createKey } from '../fixtures/shop';
import { converted, dayOf, exposed } from '../results/inputs';

/** As long as observations are kept by default, with as many variants and goals as a test may have. */
const [DAYS, VARIANTS, GOALS] = [400, 7, 5];
const TURN_MS = 50;

const reader: Caller = { actor: { id: 'ana', kind: 'user' }, grants: new Map([['shop', new Set(['member'])]]), expiresAt: 1e15 };

async function* inOrder<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

let results: ExperimentResults;
let experiment: string;
let events: Ledger['events'];
const report = async (): Promise<Report> => {
  const made = await results.report({ projectId: 'shop', id: experiment, events: inOrder(events) });
  if (typeof made === 'string') throw new Error(made);
  return made;
};

beforeAll(() => {
  const ledger = Ledger.started();
  createKey(ledger, 'price');
  const goals = Array.from({ length: GOALS }, (_, at) => createGoal(ledger, `Goal ${at}`, `bought_${at}`));
  const weight = Math.floor(10_000 / VARIANTS);
  const variants = Array.from({ length: VARIANTS }, (_, at) => ({
    name: `Variant ${at}`,
    control: at === 0,
    weight: at === 0 ? 10_000 - (VARIANTS - 1) * weight : weight,
    values: at === 0 ? [] : [{ key: 'price', value: at }],
  }));
  experiment = createExperiment(ledger, 'Long', ['price'], { goals, variants });
  ledger.accept({ type: 'StartExperiment', id: experiment });
  events = ledger.events;
  const moments = async ({ variants: arms, goals: asked }: MomentsQuery) => ({
    ...NO_MOMENTS,
    exposed: Array.from({ length: DAYS }, (_, day) => arms.map((arm) => exposed(arm, day, 1_000))).flat(),
    moments: Array.from({ length: DAYS }, (_, day) =>
      arms.flatMap((arm) => asked.map(({ id }) => converted(id, arm, day, 100 + (day % 7), 900))),
    ).flat(),
  });
  results = new ExperimentResults({
    observations: { moments, tallied: async () => [] },
    users: { assigned: async () => new Map() },
    upcast,
    clock: () => Date.parse(dayOf(DAYS + 30)),
    keptDays: DAYS,
  });
});

test('the digest covers all rows of a long test, and is made in slices', async () => {
  const { input } = await report();
  expect(input.moments).toHaveLength(DAYS * VARIANTS * GOALS);
  const watched = await withinTurns(TURN_MS, () => watchingTurns(report));
  expect(watched.result.digest).toBe(sha256(canonical(input as never)));
  expect(watched.longestTurnMs).toBeLessThan(TURN_MS);
});

describe('daily aggregates of a long test', () => {
  let server: HttpServer;
  let url: string;
  let made: Report;
  beforeAll(async () => {
    made = await report();
    server = await buildServer({
      routes: [resultsRoutes({ mayRead: () => true, report: async () => made, outgoing: new OutgoingBytes(), goAway: () => {} })],
      authenticate: () => reader,
      metrics: new Metrics(),
      logger: buildLogger('silent'),
      bodyLimitBytes: 1_000,
      corsOrigins: [],
      trustedProxies: 0,
      stopSeconds: 5,
    });
    url = await server.listen('127.0.0.1', 0);
  });
  afterAll(() => server.stop());

  test.each([
    ['text/csv', DAYS * VARIANTS * GOALS + 1],
    ['application/x-ndjson', DAYS * VARIANTS * GOALS],
  ])('are made in slices as %s', async (accept, lines) => {
    const ask = async () => {
      const response = await fetch(`${url}/projects/shop/experiments/long/days`, { headers: { accept, authorization: 'Bearer x' } });
      return response.text();
    };
    const watched = await withinTurns(TURN_MS, () => watchingTurns(ask));
    expect(watched.result.trimEnd().split('\n')).toHaveLength(lines);
    expect(watched.longestTurnMs).toBeLessThan(TURN_MS);
  });
});
