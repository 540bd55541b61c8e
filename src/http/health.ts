import type { FastifyInstance } from 'fastify';

/** One thing that must be well for this instance to take requests. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** In words, for an operator. Anyone can read it: no addresses, no names of projects. */
  readonly detail: string;
  /** What an instance admin sees besides. */
  readonly particulars?: object;
}

/** Red from the moment that the server is asked to stop. */
export function stoppingCheck(stopping: boolean): Check {
  return { name: 'server', ok: !stopping, detail: stopping ? 'stopping' : 'running' };
}

export type Readiness = () => readonly Check[] | Promise<readonly Check[]>;

/**
 * `live`: the process answers, do not kill it. `ready`: send it requests; if not, the answer says what is wrong. No token is needed; with one
 * that `mayReadParticulars`, it says that too.
 */
export function healthRoutes(
  server: FastifyInstance,
  readiness: Readiness,
  mayReadParticulars: (authorization: string | undefined) => Promise<boolean>,
): void {
  server.get('/health/live', { config: { whileStopping: true } }, () => ({ status: 'live' }));
  server.get('/health/ready', async (request, reply) => {
    const checks = await readiness();
    const ready = checks.every(({ ok }) => ok);
    const all = await mayReadParticulars(request.headers.authorization);
    void reply.code(ready ? 200 : 503);
    const shown = checks.map(({ particulars, ...check }) => (all && particulars ? { ...check, particulars } : check));
    return { status: ready ? 'ready' : 'not ready', checks: shown };
  });
}
