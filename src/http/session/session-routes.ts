import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ALL_PROJECTS, type Caller } from '../../application/caller';
import { LONGEST_MS, type Session } from '../../sessions/sessions';
import { Unauthenticated, type Authenticate } from '../authentication';
import { answer } from '../failure';
import type { Routes } from '../routes';
import type { OpenIdSignIn } from './open-id';
import { openIdRoutes } from './open-id-routes';
import { orUnavailable, type SessionAccess } from './session-access';
import { LINK_IS_OLD } from './session-signer';

export interface SessionRouteParts {
  readonly access: SessionAccess;
  readonly authenticate: Authenticate;
  /** Whether this server signs links: where an identity provider signs tokens, it does not. */
  readonly signsLinks: boolean;
  readonly openId: OpenIdSignIn | undefined;
  /** Called with each caller that the identity provider has authenticated. */
  readonly signedIn: (caller: Caller) => void;
}

const credential = z.union([z.strictObject({ code: z.string().max(2_000) }), z.strictObject({ token: z.string().max(10_000) })]);
const WHAT_TO_SEND = 'Send {"token": "..."}, or {"code": "..."} of a link that the server printed.';

/** How a browser signs in and out: POST, GET and DELETE /session. */
export function sessionRoutes(parts: SessionRouteParts): Routes {
  const { access, openId } = parts;
  return {
    add: (server) => {
      server.post('/session', async (request, reply) => {
        access.assertOwnOrigin(request.raw);
        const given = credential.safeParse(request.body);
        if (!given.success) return answer(request, reply, 400, 'BAD_REQUEST', WHAT_TO_SEND);
        const session = await orUnavailable(signIn(parts, given.data));
        void reply.header('set-cookie', await access.cookie(request.raw, session));
        return shown(session);
      });
      server.get('/session', async (request) => ({
        session: await current(access, request),
        signIn: { link: parts.signsLinks, provider: openId === undefined ? null : '/session/provider' },
      }));
      server.delete('/session', async (request, reply) => {
        const cookie = access.cookieIn(request.raw);
        if (cookie === undefined) return answer(request, reply, 401, 'UNAUTHENTICATED', 'This browser is not signed in.');
        access.assertOwnRequest(request.raw);
        return signOut(access, cookie, request, reply);
      });
      if (openId !== undefined) openIdRoutes(server, openId, access, parts.signedIn);
    },
  };
}

async function signIn(
  { access: { signer, sessions }, authenticate, signsLinks }: SessionRouteParts,
  given: z.infer<typeof credential>,
): Promise<Session> {
  if ('token' in given) {
    const { actor, grants, expiresAt } = await authenticate(`Bearer ${given.token}`);
    const roles = Object.fromEntries([...grants].map(([project, held]) => [project, [...held]]));
    return sessions.begin({ actor, roles, by: 'token', endsAt: expiresAt });
  }
  if (!signsLinks) throw new Unauthenticated('This server signs no links: sign in at the identity provider, or with a token of it.');
  const code = await signer.readCode(given.code);
  if (!(await sessions.use(code))) throw new Unauthenticated(LINK_IS_OLD);
  return sessions.begin({
    actor: { id: 'admin', kind: 'user' },
    roles: { [ALL_PROJECTS]: ['admin'] },
    by: 'link',
    endsAt: code.issuedAt + LONGEST_MS,
  });
}

/** The session of the browser that asks; null: it is not signed in. */
async function current(access: SessionAccess, { raw }: FastifyRequest): Promise<object | null> {
  const cookie = access.cookieIn(raw);
  if (cookie === undefined) return null;
  try {
    const { caller } = await access.authenticate(cookie);
    const roles = Object.fromEntries([...caller.grants].map(([project, held]) => [project, [...held]]));
    return { id: caller.sessionId, actor: caller.actor, roles, expiresAt: new Date(caller.expiresAt).toISOString() };
  } catch (error) {
    if (error instanceof Unauthenticated && error.status === 401) return null;
    throw error;
  }
}

async function signOut(access: SessionAccess, cookie: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  try {
    const { caller } = await access.authenticate(cookie);
    await orUnavailable(access.sessions.end(caller.sessionId));
  } catch (error) {
    // One that has ended already is no matter; while the store is away it would go on elsewhere, so that this must be said.
    if (!(error instanceof Unauthenticated) || error.status === 503) throw error;
  }
  return reply.header('set-cookie', access.noCookie(request.raw)).code(204).send();
}

function shown({ id, actor, roles, endsAt }: Session): object {
  return { id, actor, roles, endsAt: new Date(endsAt).toISOString() };
}
