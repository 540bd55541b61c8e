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
  // Some monitors look by HEAD.
  server.get('/health/live', { exposeHeadRoute: true, config: { whileStopping: true } }, () => ({ status: 'live' }));
  server.get('/health/ready', { exposeHeadRoute: true }, async (request, reply) => {
    const checks = await readiness();
    const ready = checks.every(({ ok }) => ok);
    const all = await mayReadParticulars(request.headers.authorization);
    void reply.code(ready ? 200 : 503);
    const shown = checks.map(({ particulars, ...check }) => (all && particulars ? { ...check, particulars } : check));
    return { status: ready ? 'ready' : 'not ready', checks: shown };
  });
}

/** Whether this machine's clock may date what is written. */
export function clockCheck(problem: Error | undefined): Check {
  return { name: 'clock', ok: problem === undefined, detail: problem === undefined ? 'right' : `nothing is written: ${problem.message}` };
}

/** Whether what was last asked of the store was answered. */
export function storeCheck(name: string, failing: readonly { readonly operation: string; readonly since: number }[]): Check {
  if (failing.length === 0) return { name, ok: true, detail: 'answers' };
  const what = failing.map(({ operation, since }) => `${operation} fails since ${new Date(since).toISOString()}`).join(', ');
  return { name, ok: false, detail: `${what}: see the log` };
}

/** The same, and whether it is the store that this instance knows (U6). */
export function userStoreCheck(isLost: boolean, failing: Parameters<typeof storeCheck>[1]): Check {
  if (!isLost) return storeCheck('user store', failing);
  const detail = 'it was emptied or replaced, so nothing is assigned: bring it back, or run "experience-ledger user-store rebuild"';
  return { name: 'user store', ok: false, detail };
}

/** Whether the stored history of each project that a command was sent to could be read whole. */
export function historyCheck(broken: readonly { readonly projectId: string; readonly message: string }[]): Check {
  const name = 'histories';
  if (broken.length === 0) return { name, ok: true, detail: 'every history that was asked for is whole' };
  return {
    name,
    ok: false,
    detail: `${broken.length} ${broken.length === 1 ? 'project has a history' : 'projects have a history'} that is stored damaged (HISTORY_BROKEN): see the log`,
    particulars: { broken: broken.slice(0, 100) },
  };
}
