import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '../../src/domain/json';
import { writeContent } from '../../src/setup/write';
import { Ledger } from '../fixtures/ledger';
import { contentOf } from '../setup/project';
import { ask, type Address, type GraphQLAnswer } from './client';
import { ServerProcess } from './server-process';

const PARTS = 120;

/** A set-up of many parts, which differs from that of another step in each of them. */
function setup(step: number): JsonObject {
  const numbers = Array.from({ length: PARTS }, (_, number) => number * step);
  return {
    version: 2,
    exclusivity: step === 1,
    keys: numbers.map((number) => ({ name: `k${number}`, type: 'NUMBER', default: step })),
    segments: numbers.map((number) => {
      return { name: `S${number}`, rule: { property: { name: 'user.age', operator: 'AT_LEAST', value: number + step } } };
    }),
    flags: numbers.map((number) => ({ name: `F${number}`, key: `k${number}`, rows: [{ segment: `S${number}`, value: step }] })),
  };
}

/** The set-ups that an apply goes to and fro between, and the bytes that a project's export has then, worked out without a server. */
const SIDES = [1, 2].map((step) => {
  const ledger = Ledger.started();
  ledger.accept({ type: 'ApplySetup', setup: setup(step), prune: true });
  return { setup: setup(step), text: textOf(contentOf(ledger)) };
});

function textOf(content: Json): string {
  return writeContent(content as JsonObject, 'json');
}

async function exported(server: Address): Promise<string> {
  const answer = await ask(server, '{ setup(projectId: "shop") }');
  if (!answer?.data) throw new Error(`there is no export: ${JSON.stringify(answer)}`);
  return textOf(answer.data['setup'] as Json);
}

function apply(server: Address, side: number): Promise<GraphQLAnswer | undefined> {
  const query = 'mutation ($input: ApplySetupInput!) { applySetup(input: $input) { __typename ... on Refusal { message } } }';
  return ask(server, query, { input: { projectId: 'shop', setup: SIDES[side]?.setup, prune: true } });
}

/** Whether the answer says that it is done. One that says anything else is a failure of the test. */
function acknowledged(answer: GraphQLAnswer | undefined): boolean {
  if (answer === undefined) return false;
  expect(answer).toMatchObject({ data: { applySetup: { __typename: expect.stringMatching(/^(SetupApplied|Accepted)$/) } } });
  return true;
}

/**
 * Applies now the one set-up, now the other, and kills the server at some moment in each apply, from the request's first byte to its answer. After
 * every kill the project must be wholly on one side; on the new one, if that was acknowledged. Ends after this many kills, of which one at least came
 * before the answer.
 */
export async function applyThroughKills(kills: number): Promise<{ readonly lost: number; readonly done: number }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ledger-apply-'));
  let server = await ServerProcess.start(dataDir);
  const { token = '' } = server;
  const address = (): Address => ({ url: server.url, token });
  const counts = { lost: 0, done: 0 };
  try {
    await ask(address(), 'mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
    let side = 0;
    for (const next of [0, 1, 0]) expect(acknowledged(await apply(address(), next))).toBe(true);
    // On a machine whose speed changes a kill may come after each answer: then there is another.
    for (let kill = 0; kill < kills || counts.lost === 0; kill += 1) {
      // As long as it takes on this machine now, so that a kill may come at any moment of it.
      const started = performance.now();
      expect(acknowledged(await apply(address(), 1 - side))).toBe(true);
      const duration = performance.now() - started;
      side = 1 - side;
      const answer = apply(address(), 1 - side);
      await sleep(duration * (((kill % kills) + Math.random()) / kills));
      await server.kill();
      const done = acknowledged(await answer);
      counts[done ? 'done' : 'lost'] += 1;
      server = await ServerProcess.start(dataDir);
      const text = await exported(address());
      const found = SIDES.findIndex((one) => one.text === text);
      expect(found).toBeGreaterThanOrEqual(0);
      if (done) expect(found).toBe(1 - side);
      side = found;
    }
    return counts;
  } finally {
    await server.kill();
    await rm(dataDir, { recursive: true });
  }
}
