import type { EventIntake } from '../serving/event-intake';
import type { ExposureIntake } from '../serving/exposure-intake';
import { APP_BASES, projectOf, takeJson, type AppRoutes } from './app-routes';
import { refuseSent, SENT_LIMIT_BYTES } from './sent-data';

export interface UserEventParts {
  readonly events: Pick<EventIntake, 'take'>;
  readonly exposures: Pick<ExposureIntake, 'take'>;
}

type Route = { Params: { id?: string }; Body: unknown };

const SEND = 'Send {"events": [{"user": "...", "event": "..."}]} or {"exposures": [{"user": "...", "key": "..."}]}.';

/** What users do in an app, and what it has shown them: `POST /events` and `/exposures`. User ids stand in the body alone (U4). */
export function userEventRoutes(parts: UserEventParts): AppRoutes {
  return (scope, { onRequest, drain }) => {
    takeJson(scope, SEND, ({ value }) => value);
    scope.setErrorHandler(refuseSent);
    for (const base of APP_BASES) {
      for (const name of ['events', 'exposures'] as const) {
        scope.post<Route>(`${base}/${name}`, { onRequest: [...onRequest], bodyLimit: SENT_LIMIT_BYTES }, (request, reply) =>
          drain.run(reply.raw, async () => {
            const taken = await parts[name].take(projectOf(request.caller, request.params.id, 'send events'), request.body ?? null);
            return reply.code(202).send(taken);
          }),
        );
      }
    }
  };
}
