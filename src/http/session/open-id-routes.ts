import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../application/caller';
import { Unauthenticated } from '../authentication';
import { begun, type OpenIdSignIn } from './open-id';
import { orUnavailable, type SessionAccess, ownOrigin } from './session-access';

const BACK = '/session/provider/callback';
/** How long a person may take at the provider, in milliseconds. */
const AWAY_MS = 15 * 60_000;
/** How long a session that a provider began lasts at most, in milliseconds: roles are asked for anew every day. */
const LONGEST_MS = 12 * 3_600_000;

/** A browser goes to the identity provider and comes back signed in. */
export function openIdRoutes(
  server: FastifyInstance,
  openId: OpenIdSignIn,
  access: SessionAccess,
  signedIn: (caller: Caller) => void,
): void {
  const { signer, sessions } = access;
  server.get('/session/provider', async (request, reply) => {
    try {
      const { url, begun: known } = await openId.begin(redirectUri(access, request), pathIn(request));
      const cookie = await signer.seal({ ...known }, Date.now() + AWAY_MS);
      return reply.header('set-cookie', waiting(access, request, cookie, AWAY_MS)).redirect(url.href, 302);
    } catch (error) {
      return failed(error, request, reply);
    }
  });
  server.get(BACK, async (request, reply) => {
    const sealed = waitingIn(access, request);
    try {
      if (sealed === undefined) throw new Unauthenticated('The sign-in was not begun in this browser, or took longer than 15 minutes.');
      const known = begun.parse(await signer.open(sealed));
      const caller = await openId.finish(new URL(request.url, redirectUri(access, request)), known);
      const { actor, grants } = caller;
      const roles = Object.fromEntries([...grants].map(([project, held]) => [project, [...held]]));
      const session = await orUnavailable(sessions.begin({ actor, roles, by: 'provider', endsAt: Date.now() + LONGEST_MS }));
      signedIn(caller);
      const cookies = [await access.cookie(request.raw, session), waiting(access, request, '', 0)];
      return reply.header('set-cookie', cookies).redirect(known.path, 302);
    } catch (error) {
      return failed(error, request, reply.header('set-cookie', waiting(access, request, '', 0)));
    }
  });
}

/** The dashboard says it beside its sign-in. What is behind the # is sent to no server. */
function failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(error instanceof Unauthenticated)) throw error;
  request.log.warn({ err: error }, 'a sign-in at the identity provider failed');
  return reply.redirect(`/#refused=${encodeURIComponent(error.message)}`, 302);
}

function redirectUri(access: SessionAccess, { raw }: FastifyRequest): string {
  const origin = ownOrigin(access.address, raw);
  if (origin === undefined) throw new Unauthenticated('The address of this server is not known: set PUBLIC_URL.');
  return `${origin}${BACK}`;
}

/** A path of ours: anything else would lead elsewhere. */
function pathIn({ query }: FastifyRequest): string {
  const { path } = query as { path?: unknown };
  return typeof path === 'string' && /^\/(?![/\\])[\x21-\x7e]{0,1000}$/.test(path) ? path : '/';
}

function waitingName(access: SessionAccess): string {
  return `ledger-${access.signer.name}-provider`;
}

function waitingIn(access: SessionAccess, { headers }: FastifyRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === waitingName(access))?.[1];
}

/** Lax, since the browser comes back from another site. */
function waiting(access: SessionAccess, { raw }: FastifyRequest, value: string, ms: number): string {
  const secure = access.isSecure(raw) ? '; Secure' : '';
  return `${waitingName(access)}=${value}; Path=${BACK}; HttpOnly; SameSite=Lax; Max-Age=${ms / 1_000}${secure}`;
}
