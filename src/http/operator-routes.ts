import type { Caller } from '../application/caller';
import { Unauthenticated, type Authenticate } from './authentication';
import { answer } from './failure';
import { healthRoutes, type Readiness } from './health';
import type { Metrics } from './metrics';
import type { Routes } from './routes';

export interface OperatorParts {
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly authenticate: Authenticate;
  readonly mayReadMetrics: (caller: Caller) => boolean;
}

/** Health for everybody, and metrics for those who may read them. */
export function operatorRoutes({ readiness, metrics, authenticate, mayReadMetrics }: OperatorParts): Routes {
  const mayReadParticulars = async (authorization: string | undefined): Promise<boolean> => {
    if (authorization === undefined) return false;
    try {
      return mayReadMetrics(await authenticate(authorization));
    } catch (error) {
      // Health is for everybody, also with a token that is not valid.
      if (error instanceof Unauthenticated) return false;
      throw error;
    }
  };
  return {
    add: (server, { identify }) => {
      healthRoutes(server, readiness, mayReadParticulars);
      server.get('/metrics', { onRequest: identify }, async (request, reply) => {
        if (!mayReadMetrics(request.caller)) return answer(request, reply, 403, 'FORBIDDEN', 'This token may not read the metrics.');
        return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
      });
    },
  };
}
