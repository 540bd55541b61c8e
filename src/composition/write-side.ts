import type { Logger } from 'pino';
import { BrokenHistories } from '../application/broken-histories';
import type { Execute, LoadProject } from '../application/execute';
import type { CommandQueueOptions } from '../application/command-queue';
import { Executor } from '../application/executor';
import type { WatchedClocks } from '../clocks';
import type { EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { LedgerMetrics } from '../http/ledger-metrics';
import type { Preview } from '../application/preview';
import type { Settings } from '../settings';

/** How long a command may take before the answer is that its outcome is unknown. */
const COMMAND_TIMEOUT_MS = 10_000;

export interface WriteSideParts {
  readonly settings: Settings;
  readonly store: EventStore;
  readonly upcast: Upcaster;
  readonly clocks: Pick<WatchedClocks, 'guard'>;
  readonly ledger: LedgerMetrics;
  readonly logger: Logger;
  /** UTC milliseconds: when events occur. */
  readonly clock: () => number;
  readonly onFolded: CommandQueueOptions['onFolded'];
}

/** What commands are carried out by. */
export interface Writes {
  readonly execute: Execute;
  readonly loadProject: LoadProject;
  readonly preview: Preview;
  /** Projects whose stream is not as it was written; asks again which of them are. */
  brokenHistories(): ReturnType<BrokenHistories['all']>;
  close(): Promise<void>;
}

export function openWriteSide({ settings, store, upcast, clocks, ledger, logger, clock, onFolded }: WriteSideParts): Writes {
  const executor = new Executor({
    store,
    upcast,
    limits: settings.limits,
    get appendLimitBytes() {
      return store.appendLimitBytes;
    },
    clock,
    commandTimeoutMs: COMMAND_TIMEOUT_MS,
    queueLimit: settings.queueLimit,
    projectsKept: settings.projectsKept,
    observe: ledger.commands(),
    onFolded,
  });
  const brokenHistories = new BrokenHistories(logger);
  ledger.watchHistories(() => brokenHistories.all().length);
  return {
    execute: (submission) =>
      brokenHistories.during(submission.projectId, () => {
        clocks.guard.assertMayWrite();
        return executor.execute(submission);
      }),
    loadProject: (projectId) => brokenHistories.during(projectId, () => executor.loadProject(projectId)),
    preview: (submission) => brokenHistories.during(submission.projectId, () => executor.preview(submission)),
    brokenHistories: () => {
      brokenHistories.recheck(executor.loadProject);
      return brokenHistories.all();
    },
    close: () => executor.close(settings.stopSeconds * 1_000),
  };
}
