import type { onRequestHookHandler } from 'fastify';
import type { Authenticate } from './authentication';
import type { Caller } from '../application/caller';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller; present on every route that `identify` guards. */
    caller: Caller;
  }
}

/**
 * The hook that lets only known callers pass. It runs before the body is read: a stranger cannot make the server take in a
 * megabyte. With a callback, since most tokens are known and need no promise.
 */
export function identify(authenticate: Authenticate): onRequestHookHandler {
  return (request, _reply, done) => {
    let caller: Caller | Promise<Caller>;
    try {
      caller = authenticate(request.headers.authorization);
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
