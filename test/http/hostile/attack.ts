import type { Measured } from './child';
import { Random } from './random';
import { CALLERS, drawRequest, type Drawn } from './requests';
import { send } from './send';
import type { Target } from './target';
import { SETUP, WORLD } from './world';

const AT_ONCE = Number(process.env['HOSTILE_AT_ONCE'] ?? 6);
/** After so many the server has what it keeps. */
export const WARM_UP = 1_000;

export interface Report {
  /** What should not have come, with the number of the request. */
  readonly problems: string[];
  /** How often each status and code came. */
  readonly seen: ReadonlyMap<string, number>;
  readonly first: Measured;
  readonly last: Measured;
}

/** Sets the project up that most requests are about. */
export async function prepare(target: Target): Promise<void> {
  const token = await target.token('operator', CALLERS['instance']!);
  const ask = async (query: string, variables: object = {}): Promise<unknown> => {
    const response = await fetch(`${target.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    if (/"errors"|"code"/.test(text)) throw new Error(`the set-up was refused: ${text.slice(0, 1_000)}`);
    return JSON.parse(text);
  };
  await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename ... on Refusal { code message } } }');
  await ask(
    'mutation ($setup: JSON!) { applySetup(input: { projectId: "shop", setup: $setup }) { __typename ... on Refusal { code message } } }',
    { setup: SETUP },
  );
  const answer = await ask('{ keys(projectId: "shop", first: 5) { nodes { cursor } } }');
  const { nodes } = (answer as { data: { keys: { nodes: { cursor: string }[] } } }).data.keys;
  WORLD.cursors.push(...nodes.map(({ cursor }) => cursor));
}

/** Sends so many drawn requests, some at once; measures after the first thousand, and at the end. */
export async function attack(target: Target, seed: number, count: number, log: (line: string) => void = () => {}): Promise<Report> {
  const tokens = new Map<string, string | undefined>();
  for (const [caller, roles] of Object.entries(CALLERS))
    tokens.set(caller, caller === 'missing' ? undefined : await target.token(caller, roles));
  const random = new Random(seed);
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const underWay = new Map<number, Drawn>();
  let ended: readonly [number, Drawn] | undefined;
  // A turn is reported when its request has been answered, as a rule.
  target.onSlowTurn = (milliseconds) => {
    const suspects = [...(ended ? [ended] : []), ...underWay];
    log(`${milliseconds.toFixed(0)} ms: ${suspects.map(([at, { what }]) => `${at} ${what}`).join(', ')}`);
  };
  let next = 0;
  const work = async (until: number): Promise<void> => {
    while (next < until && target.exit === undefined) {
      const at = next;
      next += 1;
      const drawn = drawRequest(random);
      underWay.set(at, drawn);
      const { status, codes } = await send(target.url, drawn, tokens.get(drawn.caller));
      underWay.delete(at);
      ended = [at, drawn];
      for (const sign of [String(status), ...codes]) seen.set(sign, (seen.get(sign) ?? 0) + 1);
      if (status >= 500 && status !== 503) problems.push(`request ${at}, ${drawn.what}: status ${status}`);
      if (codes.includes('INTERNAL')) problems.push(`request ${at}, ${drawn.what}: INTERNAL`);
    }
  };
  const run = (until: number): Promise<unknown> => Promise.all(Array.from({ length: AT_ONCE }, () => work(until)));
  await run(Math.min(WARM_UP, count));
  const first = await target.measure();
  await run(count);
  const last = await target.measure();
  if (target.exit !== undefined) problems.push(`the server ended: ${target.exit}`);
  return { problems, seen, first, last };
}
