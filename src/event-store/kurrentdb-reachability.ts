import type { Credentials, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { once } from 'node:events';
import { within } from './kurrentdb-failure';
import type { KurrentLibrary } from './kurrentdb-connection';

/** How long one check waits for the server. */
export const CHECK_MS = 1_000;

/**
 * Resolves when the server serves this client: a subscription is confirmed only by a server that serves reads as well. It asks nothing of the client's
 * native half. Rejects with what the client says; once the signal aborts nothing of it is left open.
 */
export async function assertServed(client: KurrentDBClient, library: KurrentLibrary, signal: AbortSignal): Promise<void> {
  // Not declared, and yet what each append begins with; its errors say more than those of a subscription.
  await (client as unknown as { readonly capabilities: Promise<unknown> }).capabilities;
  signal.throwIfAborted();
  const subscription = client.subscribeToAll({ fromPosition: library.END, requiresLeader: true });
  // It may fail again while it is ended.
  subscription.on('error', () => {}).resume();
  try {
    const ended = once(subscription, 'end', { signal }).then(() => Promise.reject(new Error('KurrentDB ended the subscription')));
    await Promise.race([once(subscription, 'confirmation', { signal }), ended]);
  } catch (error) {
    // The client has learnt where the leader is, and goes there with the next call.
    if (!(error instanceof library.NotLeaderError)) throw error;
  } finally {
    // That it cannot be cancelled means that it never began.
    void subscription.unsubscribe().catch(() => undefined);
  }
}

/** Whether both halves of a client that has failed reach the server now: the native one reconnects by itself once it has been connected. */
export async function hasRecovered(
  client: KurrentDBClient,
  library: KurrentLibrary,
  credentials: { readonly credentials?: Credentials },
): Promise<boolean> {
  const ended = new AbortController();
  try {
    const reads = assertReads(client, library, credentials);
    await within(
      CHECK_MS,
      reads.then(() => assertServed(client, library, ended.signal)),
    );
    return true;
  } catch {
    return false;
  } finally {
    ended.abort();
  }
}

async function assertReads(
  client: KurrentDBClient,
  library: KurrentLibrary,
  credentials: { readonly credentials?: Credentials },
): Promise<void> {
  const options = { fromPosition: library.END, direction: 'backwards', maxCount: 1, requiresLeader: true, ...credentials } as const;
  try {
    for await (const _ of client.readAll(options)) return;
  } catch (error) {
    // Any other refusal is an answer of the server.
    if (error instanceof library.UnavailableError) throw error;
  }
}
