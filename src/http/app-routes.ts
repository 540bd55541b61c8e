import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { may, type Right } from '../application/authorization';
import { ALL_PROJECTS, type Caller } from '../application/caller';
import type { Drain } from './drain';
import { parseJsonText, type SentJson } from './json-body';
import type { RateLimiter } from './rate-limits';
import type { Routes } from './routes';

/** What the server gives to routes of apps. */
export interface AppAccess {
  /** Puts the caller on the request, or refuses it, also where there are too many. */
  readonly onRequest: readonly onRequestHookHandler[];
  readonly drain: Drain;
}

/** A group of routes of apps, which adds them to a scope of its own. */
export type AppRoutes = (scope: FastifyInstance, access: AppAccess) => void;

/** Where routes of apps are: for the project of the token, or for the one in the path, as in a base URL. */
export const APP_BASES = ['', '/projects/:id'] as const;

/** The project that a request is about cannot be said, or is none that the caller may do this in; the message is for the client. */
export class ProjectRefused extends Error {
  constructor(
    readonly statusCode: 400 | 403,
    message: string,
  ) {
    super(message);
  }
}

/** All that apps ask and send: values, events and users are one account of requests. */
export function appRoutes(rateLimiter: RateLimiter, groups: readonly AppRoutes[]): Routes {
  return {
    add: async (server, { identify, drain }) => {
      await server.register(async (scope) => {
        const onRequest = [identify, limiting(rateLimiter)];
        for (const group of groups) await scope.register(async (own) => group(own, { onRequest, drain }));
      });
    },
  };
}

/** A hook, to be run once the caller is known, that refuses what is too much with `TooManyRequests`. */
function limiting(rateLimiter: RateLimiter): onRequestHookHandler {
  return (request, _reply, done) => {
    try {
      rateLimiter.take(request.caller, () => request.ip);
    } catch (error) {
      return done(error as Error);
    }
    done();
  };
}

/** Bodies of this scope are JSON, and nothing else. `send` says what a right one looks like. */
export function takeJson<Body>(scope: FastifyInstance, send: string, read: (body: SentJson) => Body): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, bytes: Buffer) =>
    read(parseJsonText(bytes, send)),
  );
}

/** The project that the request is about, in which the caller has the right. Throws `ProjectRefused`. */
export function projectOf(caller: Caller, idInPath: string | undefined, right: Right): string {
  const projectId = idInPath ?? projectOfToken(caller, right);
  if (projectId === undefined) {
    throw new ProjectRefused(400, 'This token is not of one project alone: put /projects/<id> in front of the path, as the base URL.');
  }
  if (may(caller, right, projectId)) return projectId;
  throw new ProjectRefused(403, `This token may not ${right} in the project "${projectId.slice(0, 100)}".`);
}

/** The one project in which a token has the right; undefined: it has it in more than one. */
function projectOfToken(caller: Caller, right: Right): string | undefined {
  const all = [...caller.grants.keys()];
  const having = all.filter((id) => may(caller, right, id));
  const [projectId, ...others] = having.length > 0 ? having : all;
  return others.length > 0 || projectId === ALL_PROJECTS ? undefined : projectId;
}
