import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { DirectRoute } from './direct-routes';
import type { Drain } from './drain';

/** What the server gives to its routes. */
export interface ServerAccess {
  /** Puts the caller on the request, or refuses it. */
  readonly identify: onRequestHookHandler;
  /** Counts the requests that a stop waits for. */
  readonly drain: Drain;
}

/** Routes that belong together. */
export interface Routes {
  add?(server: FastifyInstance, access: ServerAccess): void | Promise<void>;
  /** Those that are answered below the framework. */
  readonly direct?: DirectRoute;
  /** The server is stopping: ends what would go on by itself. Called once, before it waits for the requests that are counted. */
  goAway?(): void | Promise<void>;
  /** Called once, when all connections are closed. */
  stop?(): Promise<void>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It answers also while the server is stopping, in its own words. */
    readonly whileStopping?: boolean;
  }
}
