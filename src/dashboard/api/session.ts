import { BehaviorSubject, filter, firstValueFrom } from 'rxjs';

/** `unknown` until the server has answered once. */
export type SessionState = 'unknown' | 'in' | 'out';

const state = new BehaviorSubject<SessionState>('unknown');

export const session = {
  get current(): SessionState {
    return state.value;
  },

  subscribe(listener: () => void): () => void {
    const subscription = state.subscribe(listener);
    return () => subscription.unsubscribe();
  },

  /** The server answered a request, or refused it for want of a session. */
  set(next: SessionState): void {
    if (state.value !== next) state.next(next);
  },

  /** Resolves when there is a session: what was refused is then sent again. */
  async signedIn(): Promise<void> {
    await firstValueFrom(state.pipe(filter((current) => current === 'in')));
  },
};

/** How a person may sign in: a code of a printed link, or a token. */
export type Credential = { readonly code: string } | { readonly token: string };

/** Exchanges the credential for the session cookie. Answers what is wrong with it, or undefined. */
export async function signIn(credential: Credential): Promise<string | undefined> {
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(credential),
  });
  if (answer.ok) {
    session.set('in');
    return undefined;
  }
  const body = (await answer.json().catch(() => ({}))) as { message?: string; errors?: { message: string }[] };
  return body.errors?.[0]?.message ?? body.message ?? `The server answered ${answer.status}.`;
}

/** Ends the session here and at every instance. */
export async function signOut(): Promise<void> {
  const answer = await fetch('/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json' }, body: '{}' });
  if (!answer.ok && answer.status !== 401) throw new Error(`The server answered ${answer.status}.`);
}

/** What the page was opened with behind the #: the one-time code of a link, or why the identity provider refused to sign in. */
export interface Opening {
  readonly code?: string;
  readonly refused?: string;
}

/** It is taken out of the address at once, so that it stays in no history. */
export function takeOpening(): Opening {
  const [, name, value] = /^#(key|refused)=(.+)$/.exec(window.location.hash) ?? [];
  if (name === undefined || value === undefined) return {};
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  const text = decodeURIComponent(value);
  return name === 'key' ? { code: text } : { refused: text };
}

/** Where people of this server sign in besides here: the address that begins it and comes back to this page, if there is a provider. */
export async function signInProvider(): Promise<string | undefined> {
  const answer = await fetch('/session', { headers: { Accept: 'application/json' } });
  if (!answer.ok) return undefined;
  const { signIn: ways } = (await answer.json()) as { signIn?: { provider: string | null } };
  if (typeof ways?.provider !== 'string') return undefined;
  return `${ways.provider}?path=${encodeURIComponent(window.location.pathname + window.location.search)}`;
}
