import type { GraphQLSchema } from 'graphql';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { version } from '../../package.json';
import type { Context } from '../../schema/context';
import { Loaders } from '../../schema/loaders';
import type { ActorNames } from '../actors/actor-names';
import { may } from '../application/authorization';
import { ALL_PROJECTS } from '../application/caller';
import type { StoreHealth } from '../application/store-health';
import type { HeadSigner } from '../audit/head-signer';
import type { WatchedClocks } from '../clocks';
import { appRoutes } from '../http/app-routes';
import { OutgoingBytes } from '../http/answer-budget';
import { authenticator } from '../http/authentication';
import { changesRoutes } from '../http/changes-route';
import type { Dashboard, DashboardSource } from '../http/dashboard/dashboard';
import { dashboardRoutes } from '../http/dashboard/dashboard-routes';
import type { MakeContext } from '../http/graphql-route';
import { graphqlRoutes } from '../http/graphql-routes';
import { clockCheck, historyCheck, type Readiness, stoppingCheck, storeCheck, userStoreCheck } from '../http/health';
import type { Metrics } from '../http/metrics';
import { ofrepRoute } from '../http/ofrep-routes';
import { ofrepStreamRoutes } from '../http/ofrep-stream-route';
import { operatorRoutes } from '../http/operator-routes';
import { RateLimiter } from '../http/rate-limits';
import { readModelCheck } from '../http/read-model-check';
import { resultsRoutes } from '../http/results-route';
import { buildServer, type HttpServer } from '../http/server';
import { userRoutes, userEventRoutes } from '../http/user-routes';
import { ResultsWatch } from '../reporting/results-watch';
import type { Settings } from '../settings';
import type { Reads } from './read-side';
import type { Serving } from './serving';
import { tokenIssuer, type SignIn } from './sign-in';
import type { Writes } from './write-side';

export interface WebParts {
  readonly settings: Settings;
  readonly schema: GraphQLSchema;
  readonly trust: Parameters<typeof authenticator>[0];
  readonly reads: Reads;
  readonly writes: Writes;
  readonly serving: Serving;
  readonly actorNames: ActorNames;
  readonly heads: HeadSigner;
  readonly health: StoreHealth;
  /** Undefined: none is served. */
  readonly dashboard: Dashboard | undefined;
  readonly signIn: SignIn | undefined;
  readonly clocks: Pick<WatchedClocks, 'guard'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
}

/** Experiments whose results are followed at a time: each is read once a minute at most. */
const WATCHED_EXPERIMENTS = 100;

/** What of a context is a request's own. All else is its prototype, since a context is copied for each request. */
type OfRequest = Pick<Context, 'requestId' | 'caller' | 'reportError' | 'answer' | 'loaders' | 'issueToken' | 'onFeedEnded'>;

/** The server, over the two sides. */
export async function buildWeb(parts: WebParts): Promise<HttpServer> {
  const { settings, schema, reads, writes, heads, metrics, logger } = parts;
  const { feed, readSide, understand } = reads;
  const authenticate = authenticator(parts.trust, Date.now, (caller) => parts.actorNames.learn(caller));
  const sessionAccess = parts.signIn?.access;
  const server = { version, startedAt: Date.now(), signIn: settings.authentication.kind };
  const allOf = (projectId: string) => reads.history.upTo(projectId, { kind: 'time', time: Number.MAX_SAFE_INTEGER });
  const watch = new ResultsWatch({
    report: ({ projectId, id }) => parts.serving.results.report({ projectId, id, events: allOf(projectId) }),
    limits: { experiments: WATCHED_EXPERIMENTS, subscribers: settings.feeds.subscriptions, perOwner: settings.feeds.subscriptionsPerToken },
    onFailure: (error) => logger.error({ err: error }, 'results that are followed could not be read: they are read again'),
  });
  const userStore = parts.serving.recovery(() => readSide.readModel.projectIds());
  const shared: Omit<Context, keyof OfRequest> = {
    execute: writes.execute,
    loadProject: writes.loadProject,
    preview: writes.preview,
    limits: settings.limits,
    reader: reads.reader,
    progress: reads.progress,
    history: reads.history,
    asOf: reads.asOf,
    results: (request) => parts.serving.results.report(request),
    watchResults: (watching) => watch.follow(watching),
    explain: (request) => parts.serving.explainer.explain(request),
    userActions: parts.serving.userActions,
    estimates: parts.serving.estimates,
    actorNames: parts.actorNames,
    sessions: sessionAccess?.sessions,
    maintenance: readSide,
    userStore,
    digest: reads.digest,
    heads,
    feed,
    understand,
    projectLimit: settings.projectLimit,
    server,
  };
  const context: MakeContext<Context> = (caller, requestId, answer, onFeedEnded) => {
    const own: OfRequest = {
      requestId,
      caller,
      reportError: (error, message) => logger.error({ err: error, requestId }, message),
      answer,
      loaders: new Loaders(reads.reader, writes.loadProject, reads.history),
      issueToken: tokenIssuer(parts.trust, caller, logger),
      onFeedEnded,
    };
    return Object.assign(Object.create(shared) as Context, own);
  };
  const readiness: Readiness = () => [
    readModelCheck(readSide, settings.readyLagMs),
    storeCheck('event store', parts.health.failing()),
    userStoreCheck(parts.serving.isUserStoreLost(), parts.serving.health.users.failing()),
    storeCheck('observations', parts.serving.health.observations.failing()),
    historyCheck(writes.brokenHistories()),
    clockCheck(parts.clocks.guard.problem),
    stoppingCheck(parts.isStopping()),
  ];
  const { subscriptions: socketLimit, subscriptionsPerToken: socketsPerToken } = settings.feeds;
  const mayReadMetrics: Parameters<typeof operatorRoutes>[0]['mayReadMetrics'] = ({ grants }) =>
    grants.get(ALL_PROJECTS)?.has('admin') ?? false;
  // Values, events and users are one account of requests.
  const rateLimiter = new RateLimiter(settings.rateLimits);
  const outgoing = new OutgoingBytes();
  return buildServer({
    ...settings,
    authenticate,
    ...(sessionAccess === undefined ? {} : { sessionAccess }),
    metrics,
    logger,
    routes: [
      // Its sockets go first: a client whose socket closes connects again by itself, one whose subscription ends does not.
      graphqlRoutes<Context>({
        ...settings,
        ...(sessionAccess === undefined ? {} : { sessionAccess }),
        schema,
        context,
        authenticate,
        metrics,
        logger,
        outgoing,
        socketLimit,
        socketsPerToken,
      }),
      changesRoutes({
        feed,
        mayFollow: (caller, projectId) => may(caller, 'subscribe', projectId),
        understand,
        starting: () => readSide.status()?.serving !== true,
      }),
      resultsRoutes({
        mayRead: (caller, projectId) => may(caller, 'read set-up', projectId),
        report: ({ projectId, id, upTo, receivedUpToMs }) => {
          const events = upTo === undefined ? allOf(projectId) : reads.history.upTo(projectId, { kind: 'cursor', cursor: upTo });
          return parts.serving.results.report({ projectId, id, events, receivedUpToMs });
        },
        outgoing,
        goAway: () => watch.close(),
      }),
      // An account of its own: the tokens of apps are in many hands.
      { direct: ofrepRoute({ ...parts.serving, rateLimiter, outgoing: new OutgoingBytes() }) },
      appRoutes(rateLimiter, [
        userEventRoutes({ events: parts.serving.intake, exposures: parts.serving.exposures }),
        userRoutes(parts.serving.users),
      ]),
      ofrepStreamRoutes({
        changes: parts.serving.changes,
        tickets: parts.serving.tickets,
        limit: settings.feeds.subscriptions,
        heartbeatMs: settings.feeds.heartbeatSeconds * 1_000,
      }),
      operatorRoutes({ readiness, metrics, authenticate, mayReadMetrics }),
      ...(parts.signIn === undefined ? [] : [parts.signIn.routes(authenticate)]),
      ...(parts.dashboard === undefined ? [] : [dashboardRoutes(parts.dashboard)]),
    ],
  });
}

/** In a checkout the dashboard is built at the start; where the server was compiled (the Docker image), it was built beside it. */
export function dashboardSource(): DashboardSource {
  const root = join(__dirname, '..', '..');
  const script = join(root, 'bin', 'build-dashboard.js');
  return existsSync(script) ? { script } : { directory: join(root, 'dashboard') };
}
