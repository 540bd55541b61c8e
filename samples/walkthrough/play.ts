import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What an operation answered with: the fields that were asked for. */
export type Result = Readonly<Record<string, unknown>>;

/** The id of what an earlier step made, by the name under which it was kept. */
export type IdOf = (name: string) => string;

export interface Step {
  /** What is done, in words. */
  readonly say: string;
  /** A GraphQL operation; absent: `post`. */
  readonly document?: string;
  /** Absent: a mutation, which takes an `input`. */
  readonly query?: true;
  /** What an app asks: a path below that of the project. */
  readonly post?: string;
  readonly input: (id: IdOf) => object;
  /** The request is repeated, for at most a minute, until this holds. */
  readonly until?: (result: Result) => boolean;
  /** The same mutation so many times, with these inputs. */
  readonly times?: { readonly count: number; readonly input: (number: number) => object };
  /** Under which name later steps find the result. */
  readonly keep?: string;
  /** What is worth showing of the result. */
  readonly shows?: (result: Result) => string;
  /** The code that the step must be refused with. Absent: it must succeed. */
  readonly refused?: string;
}

const MAX_WAIT_MS = 60_000;
const PAUSE_MS = 500;

export interface Server {
  readonly url: string;
  readonly token: string;
}

/** A step did not go as the walkthrough says. */
export class Strayed extends Error {}

/**
 * Plays the steps, one after another, in a project of its own on a running server, and tells each in words. Throws `Strayed` at the first
 * answer that is not what the step expects.
 */
export async function play(server: Server, projectId: string, steps: readonly Step[], tell: (line: string) => void): Promise<void> {
  const kept = new Map<string, string>();
  const idOf: IdOf = (name) => {
    const id = kept.get(name);
    if (id === undefined) throw new Strayed(`no earlier step kept "${name}"`);
    return id;
  };
  for (const [index, step] of steps.entries()) {
    tell(`${String(index + 1).padStart(2)}. ${step.say}`);
    const inputs = step.times ? Array.from({ length: step.times.count }, (_, number) => step.times!.input(number + 1)) : [step.input(idOf)];
    let result: Result = {};
    for (const input of inputs) result = await take(server, projectId, step, input);
    if (step.keep) kept.set(step.keep, String(result['id']));
    tell(
      step.refused ? `    refused, ${result['code'] as string}: ${result['message'] as string}` : `    ${step.shows?.(result) ?? 'done'}`,
    );
  }
}

async function take(server: Server, projectId: string, step: Step, input: object): Promise<Result> {
  const end = Date.now() + MAX_WAIT_MS;
  let result = await once(server, projectId, step, input);
  while (step.until && !step.until(result)) {
    if (Date.now() > end) throw new Strayed(`"${step.say}" has not come about in a minute`);
    await sleep(PAUSE_MS);
    result = await once(server, projectId, step, input);
  }
  const refused = result['code'];
  if (refused !== step.refused) throw new Strayed(`"${step.say}" was ${refused ? `refused: ${String(result['message'])}` : 'not refused'}`);
  return result;
}

function once(server: Server, projectId: string, { document, post, query }: Step, input: object): Promise<Result> {
  if (document === undefined) return send(server, `/projects/${projectId}/${post}`, input);
  return ask(server, document, query ? { projectId, ...input } : { input: { projectId, commandId: randomUUID(), ...input } });
}

async function send({ url, token }: Server, path: string, body: object): Promise<Result> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return (await response.json()) as Result;
  throw new Strayed(`the server answered ${response.status}: ${await response.text()}`);
}

async function ask({ url, token }: Server, query: string, variables: object): Promise<Result> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as {
    readonly data?: { readonly result: Result | null };
    readonly errors?: readonly { readonly message: string }[];
  };
  if (answer.data?.result) return answer.data.result;
  throw new Strayed(answer.errors?.map(({ message }) => message).join('\n') ?? `the server answered ${response.status}`);
}
