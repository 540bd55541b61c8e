import type { Envelope } from '../../src/domain/event';
import type { TokenRequest } from '../../src/application/token-request';
import { schema } from '../fixtures/stack';
import { FeedHarness } from '../feed/harness';
import { startServer, tokenFor, type Running } from './running-server';

type Parts = Parameters<typeof startServer>[0];
type Options = ConstructorParameters<typeof FeedHarness>[0];

/** A server whose feed is a harness, with three events in the ledger unless the test says otherwise. */
export async function serveFeed(
  options: Options = {},
  happened = 2,
  parts: Parts = {},
): Promise<Running & { readonly harness: FeedHarness }> {
  const harness = new FeedHarness(options);
  await harness.happen(happened);
  const running = await startServer({
    feed: harness.feed,
    schema,
    // All that a subscription needs of the schema's context.
    context: (caller, requestId, answer, onFeedEnded) =>
      ({ caller, requestId, answer, onFeedEnded, feed: harness.feed, understand: (event: Envelope) => event }) as never,
    ...parts,
  });
  return { ...running, harness };
}

/** The lines of a response as they come, until it ends. */
export async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

export async function take<T>(source: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = await source.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

export const analyst: Partial<TokenRequest> = { subject: 'ann', roles: { '*': ['analyst'] } };

export async function get(url: string, path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  const token = await tokenFor(analyst);
  return fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers }, ...(signal === undefined ? {} : { signal }) });
}
