import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Authenticate } from './authentication';
import type { Caller } from '../application/caller';
import type { SessionAccess } from './session/session-access';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller; present on every route that `identify` guards. */
    caller: Caller;
  }
}

/**
 * The hook that lets only known callers pass: by their token or, without one, by the session of their browser. It runs before the body is read: a
 * stranger cannot make the server take in a megabyte. With a callback, since most tokens are known and need no promise.
 */
export function identify(authenticate: Authenticate, sessions?: SessionAccess): onRequestHookHandler {
  return (request, reply, done) => {
    let caller: Caller | Promise<Caller>;
    try {
      const { authorization } = request.headers;
      const cookie = authorization === undefined ? sessions?.cookieIn(request.raw) : undefined;
      caller = cookie === undefined ? authenticate(authorization) : bySession(sessions!, cookie, request, reply);
    } catch (error) {
      return done(error as Error);
    }
    if (!(caller instanceof Promise)) {
      request.caller = caller;
      return done();
    }
    caller.then(
      (known) => {
        request.caller = known;
        done();
      },
      (error: Error) => done(error),
    );
  };
}

async function bySession(sessions: SessionAccess, cookie: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
  sessions.assertOwnRequest(request.raw);
  const session = await sessions.authenticate(cookie);
  const renewed = await sessions.renewed(request.raw, session);
  if (renewed !== undefined) void reply.header('set-cookie', renewed);
  return session.caller;
}
