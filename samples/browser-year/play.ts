import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Executor } from '../../src/application/executor';
import type { Outcome } from '../../src/application/execute';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { EMPTY_PROJECT, schemaVersions, upcasts } from '../../src/domain/decider';
import type { ProjectState } from '../../src/domain/project-state';
import type { EventStore } from '../../src/event-store/event-store';
import { createUpcaster } from '../../src/event-store/upcast';
import { readDocument } from '../../src/setup/document';
import { yearOf, type Act, type Year } from './year';

export const SETUP = join(__dirname, '../browser-studies/setup.yaml');

/** The content of the catalogue's file. */
export function catalogue(): Year['setup'] {
  const document = readDocument(readFileSync(SETUP, 'utf8'), 'setup.yaml');
  if ('errors' in document) throw new Error('setup.yaml cannot be read');
  return document.content;
}

/**
 * Plays the year into an event store, by the very commands that a server would take, on a clock of its own. `reported` is called with every act, its outcome,
 * and the state that the next command would be decided on. Refusals are part of the story. Ends when the store has so many events of the project.
 */
export async function play(
  store: EventStore,
  year: Year,
  {
    most = Number.POSITIVE_INFINITY,
    reported: observe,
  }: { readonly most?: number; readonly reported?: (act: Act, outcome: Outcome, state: ProjectState) => void } = {},
): Promise<void> {
  let now = year.begins;
  let state = EMPTY_PROJECT;
  const executor = new Executor({
    store,
    upcast: createUpcaster(schemaVersions, upcasts, new Set()),
    limits: DEFAULT_LIMITS,
    appendLimitBytes: store.appendLimitBytes,
    clock: () => now,
    commandTimeoutMs: 60_000,
    queueLimit: 10,
    projectsKept: 1,
  });
  let count = 0;
  for (const act of yearOf(year, () => state)) {
    now = act.at;
    const { command, actor, reason } = act;
    const commandId = `act-${(count += 1)}`;
    const outcome = await executor.execute({ projectId: year.projectId, command, actor, reason, commandId, correlationId: commandId });
    if (outcome.kind === 'done' && outcome.events.length > 0) state = await executor.loadProject(year.projectId);
    observe?.(act, outcome, state);
    if (state.head.revision + 1 >= most) break;
  }
  await executor.close(1_000);
}
