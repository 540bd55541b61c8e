import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tokenOf, type Role } from '../application/caller';

/** Requests a minute. */
export interface RateLimits {
  /** Of one token from one address. A token with another role than `app` is a server's, and only counted as a whole. */
  readonly perClient: number;
  readonly perToken: number;
}

/** Too many requests; the message says when to try again. */
export class TooManyRequests extends Error {
  constructor(
    readonly retryAfterSeconds: number,
    limit: number,
    whose: string,
  ) {
    super(`There are more than ${limit} requests a minute ${whose}: try again in ${retryAfterSeconds} s.`);
  }
}

const REMEMBERED_CLIENTS = 50_000;
const ONE_MINUTE_MS = 60_000;

/** A hook, to be run once the caller is known, that refuses what is too much with `TooManyRequests`. */
export async function rateLimitHook(scope: FastifyInstance, { perClient, perToken }: RateLimits) {
  await scope.register(rateLimit, { global: false, cache: REMEMBERED_CLIENTS, timeWindow: ONE_MINUTE_MS });
  const ofToken = scope.createRateLimit({ max: perToken, keyGenerator: ({ caller }) => `token ${tokenOf(caller)}` });
  const ofClient = scope.createRateLimit({ max: perClient, keyGenerator: ({ caller, ip }) => `client ${tokenOf(caller)} ${ip}` });
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const token = await ofToken(request);
    if (!token.isAllowed && token.isExceeded) throw new TooManyRequests(token.ttlInSeconds, perToken, 'with this token');
    if (!isOfPages(request)) return;
    const client = await ofClient(request);
    if (!client.isAllowed && client.isExceeded) throw new TooManyRequests(client.ttlInSeconds, perClient, 'from this address');
  };
}

/** Whether the token stands in pages and apps, where each address is one user's. */
function isOfPages({ caller }: FastifyRequest): boolean {
  return [...caller.grants.values()].every((roles: ReadonlySet<Role>) => [...roles].every((role) => role === 'app'));
}
