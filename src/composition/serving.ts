import type { Logger } from 'pino';
import { Pepper, type UserKey } from '../domain/user-key';
import type { EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { LedgerMetrics } from '../http/ledger-metrics';
import { openSecret } from '../http/tokens';
import { Evaluator } from '../serving/evaluator';
import { Estimates } from '../serving/estimates';
import { ExperimentResults } from '../reporting/experiment-results';
import { Explainer } from '../serving/explainer';
import { EventIntake, LateEvents } from '../serving/event-intake';
import { ExposureIntake } from '../serving/exposure-intake';
import { Exposures } from '../serving/exposures';
import { KnownContexts } from '../serving/caches';
import { KnownUsers, forgetting } from '../serving/known-users';
import { LiveCounters } from '../serving/live-counters';
import { neverBackwards } from '../clocks';
import { Rulesets } from '../serving/rulesets';
import { ServingChanges } from '../serving/serving-changes';
import { StoreIdentity } from '../serving/store-identity';
import { Tallies } from '../serving/tallies';
import { UserActions } from '../serving/user-actions';
import { UserStoreRecovery } from '../serving/user-store-recovery';
import { UserStoreBeingRestored } from '../user-store/user-store';
import { StreamTickets } from '../serving/stream-ticket';
import type { Settings } from '../settings';
import { isOfThisProcess, openUserData, type UserData } from './user-data';

export interface ServingParts {
  readonly settings: Settings;
  readonly store: Pick<EventStore, 'read' | 'confirmEnd' | 'ledgerId'>;
  readonly upcast: Upcaster;
  readonly logger: Logger;
  readonly ledger: LedgerMetrics;
  /** UTC milliseconds: of what users did and were served. */
  readonly clock: () => number;
}

/** What values are served from. */
export interface Serving {
  /** Also an observer of the projector, which keeps them up to date. */
  readonly rulesets: Rulesets;
  /** The same, to be called after the rulesets. */
  readonly changes: ServingChanges;
  readonly tickets: StreamTickets;
  readonly evaluator: Evaluator;
  readonly contexts: KnownContexts;
  /** The same: what live rules count. */
  readonly counters: LiveCounters;
  readonly intake: EventIntake;
  readonly exposures: ExposureIntake;
  readonly users: KnownUsers;
  readonly explainer: Explainer;
  readonly results: ExperimentResults;
  readonly userActions: UserActions;
  readonly estimates: Estimates;
  /** Whether calls of the two stores succeed. */
  readonly health: UserData['health'];
  /** Whether the user store was emptied or replaced (U6). */
  isUserStoreLost(): boolean;
  /** Brings it back; it is given the projects there are. */
  recovery(projectIds: () => Promise<readonly string[]>): UserStoreRecovery;
  /** Writes what is pending, then closes the stores. */
  close(): Promise<void>;
}

/** At most one line a minute says that the user store is away: every request meets it. */
const LOGGED_EVERY_MS = 60_000;
/** What was received before a counter's cut-off has been written by then. */
const FILL_DELAY_MS = 10_000;
/** Every instance has the ruleset by then. */
const SHARE_DELAY_MS = 10_000;
/** What other instances serve by what they had read before has been written by then. */
const OTHERS_MS = 1_000;

/** Logs what could not be done with the user store, and is tried again: no error while an operator is bringing it back. */
export function logUserStore(logger: Pick<Logger, 'info' | 'error'>, error: unknown, message: string): void {
  logger[error instanceof UserStoreBeingRestored ? 'info' : 'error']({ err: error }, message);
}

export async function openServing({ settings, store, upcast, logger, ledger, clock }: ServingParts): Promise<Serving> {
  const { dataDir, observationsKeptDays: keptDays, projectsKept, lateDays } = settings;
  const { bytes: secret } = await openSecret(dataDir, 'pepper');
  const pepper = new Pepper(secret);
  const stampClock = neverBackwards(clock);
  const { observations, users, recent, anyUsers, known, health } = await openUserData({
    settings,
    store,
    pepperId: pepper.id,
    ledger,
    logger,
    stampClock,
  });
  const exposures = new Exposures({
    observations,
    onFailure: (error) =>
      logger.error({ err: error }, 'exposures could not be written: they are made again when their users are evaluated'),
  });
  const tallies = new Tallies({
    observations,
    onFailure: (error) => logger.error({ err: error }, 'what results are checked by could not be written: it is tried again'),
  });
  const identity = new StoreIdentity({
    // One that has taken the place of the known one is no loss before an operator accepts it.
    users: { identity: () => known.assertKnown().then(() => anyUsers.identity()) },
    tallies,
    clock: stampClock,
    onFailure: (error) => logUserStore(logger, error, 'the user store did not say which one it is: it is asked again'),
  });
  void identity.look();
  const counters = new LiveCounters({
    users,
    observations,
    clock: stampClock,
    fillDelayMs: FILL_DELAY_MS,
    shareDelayMs: isOfThisProcess(settings.observations) ? 0 : SHARE_DELAY_MS,
    rulesets: () => rulesets,
    onFailure: (error) => logUserStore(logger, error, 'what users did could not be counted: it is tried again'),
  });
  const rulesets: Rulesets = new Rulesets({
    store,
    upcast,
    projectsKept,
    onCompiled: (projectId, ruleset) => counters.compiled(projectId, ruleset),
  });
  let loggedAt = Number.NEGATIVE_INFINITY;
  const evaluator = new Evaluator({
    rulesets,
    users,
    recent,
    pepper,
    exposures,
    tallies,
    clock,
    onUnavailable: (error) => {
      if (performance.now() - loggedAt < LOGGED_EVERY_MS) return;
      loggedAt = performance.now();
      logUserStore(logger, error, 'the user store is away: values are served, and no user is assigned to an experiment');
    },
  });
  const late = new LateEvents({ rulesets, users, tallies });
  const othersMs = isOfThisProcess(settings.observations) ? 0 : OTHERS_MS;
  const contexts = new KnownContexts();
  const remembered = {
    forget: (projectId: string, user: UserKey): void => {
      contexts.clear();
      pepper.clear();
      evaluator.forget(projectId, user);
    },
  };
  const forget = forgetting({ users, observations, evaluator: remembered, exposures, othersMs });
  return {
    rulesets,
    changes: new ServingChanges(rulesets, (error) => logger.error({ err: error }, 'a project could not be read for its listeners')),
    tickets: new StreamTickets(secret),
    evaluator,
    contexts,
    counters,
    intake: new EventIntake({ rulesets, counters, observations, users, late, pepper, clock, lateDays }),
    exposures: new ExposureIntake({ rulesets, observations, users, exposures, pepper, clock, lateDays }),
    users: new KnownUsers({ rulesets, observations, users, forget, pepper }),
    userActions: new UserActions({ users, forget, pepper, clock }),
    estimates: new Estimates({ rulesets, users, clock }),
    results: new ExperimentResults({ observations, users, upcast, clock: stampClock, keptDays }),
    explainer: new Explainer({ rulesets, users, pepper, clock }),
    health,
    isUserStoreLost: () => known.isLost,
    recovery: (projectIds) =>
      new UserStoreRecovery({ known, users: anyUsers, observations, rulesets, counters, projectIds, clock: stampClock }),
    close: async () => {
      identity.close();
      await exposures.flush();
      await tallies.flush();
      await counters.close();
      await Promise.all([users.close(), observations.close()]);
    },
  };
}
