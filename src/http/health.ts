import type { FastifyInstance } from 'fastify';

/** One thing that must be well for this instance to take requests. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** In words, for whoever is woken up by it. Anyone can read it: no addresses, no names of projects. */
  readonly detail: string;
}

export type Readiness = () => readonly Check[] | Promise<readonly Check[]>;

/** `live`: the process answers, do not kill it. `ready`: send it requests; if not, the answer says what is wrong. No token is needed. */
export function healthRoutes(server: FastifyInstance, readiness: Readiness): void {
  server.get('/health/live', () => ({ status: 'live' }));
  server.get('/health/ready', async (_request, reply) => {
    const checks = await readiness();
    const ready = checks.every(({ ok }) => ok);
    void reply.code(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not ready', checks };
  });
}
