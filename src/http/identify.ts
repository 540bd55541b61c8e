import type { onRequestHookHandler } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Authenticate } from './authentication';
import type { Caller } from '../application/caller';
import type { SessionAccess } from './session/session-access';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller; present on every route that `identify` guards. */
    caller: Caller;
  }
}

/** Who asks. */
export interface Identified {
  readonly caller: Caller;
  /** The cookie of the session, made anew. */
  readonly setCookie?: string;
}

/** Tells who asks: by the token or, without one, by the session of the browser. No promise where the token is known. Throws or rejects with what the request is refused for. */
export type Identify = (request: IncomingMessage) => Identified | Promise<Identified>;

export function identifying(authenticate: Authenticate, sessions?: SessionAccess): Identify {
  return (request) => {
    const { authorization } = request.headers;
    const cookie = authorization === undefined ? sessions?.cookieIn(request) : undefined;
    if (cookie !== undefined) return bySession(sessions!, cookie, request);
    const caller = authenticate(authorization);
    return caller instanceof Promise ? caller.then((known) => ({ caller: known })) : { caller };
  };
}

/** The hook that lets only known callers pass. It runs before the body is read: a stranger cannot make the server take in a megabyte. */
export function identifyHook(identify: Identify): onRequestHookHandler {
  return (request, reply, done) => {
    const take = ({ caller, setCookie }: Identified): void => {
      request.caller = caller;
      if (setCookie !== undefined) void reply.header('set-cookie', setCookie);
      done();
    };
    let identified: Identified | Promise<Identified>;
    try {
      identified = identify(request.raw);
    } catch (error) {
      return done(error as Error);
    }
    if (identified instanceof Promise) identified.then(take, done);
    else take(identified);
  };
}

async function bySession(sessions: SessionAccess, cookie: string, request: IncomingMessage): Promise<Identified> {
  sessions.assertOwnRequest(request);
  const session = await sessions.authenticate(cookie);
  const renewed = await sessions.renewed(request, session);
  return { caller: session.caller, ...(renewed !== undefined && { setCookie: renewed }) };
}
