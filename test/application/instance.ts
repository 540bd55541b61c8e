import { Executor, type ExecutorOptions } from '../../src/application/executor';
import type { Done, Outcome, Submission } from '../../src/application/execute';
import type { Command } from '../../src/domain/command';
import { hashOf, type Envelope } from '../../src/domain/event';
import { DEFAULT_LIMITS, type Limits } from '../../src/domain/limits';
import { schemaVersions, upcasts } from '../../src/domain/decider';
import type { Refusal } from '../../src/domain/refusal';
import type { EventStore } from '../../src/event-store/event-store';
import { createUpcaster } from '../../src/event-store/upcast';
import { ALICE } from '../fixtures/ledger';

export type Options = Partial<Omit<ExecutorOptions, 'store' | 'limits'>> & { readonly limits?: Partial<Limits> };
export type By = Partial<Omit<Submission, 'command'>>;

/** One instance of the server, as far as commands go: several on one store are several servers on one ledger. */
export class Instance {
  readonly executor: Executor;

  constructor(store: EventStore, { limits = {}, ...options }: Options = {}) {
    this.executor = new Executor({
      store,
      upcast: createUpcaster(schemaVersions, upcasts, new Set()),
      limits: { ...DEFAULT_LIMITS, ...limits },
      get appendLimitBytes() {
        return store.appendLimitBytes;
      },
      clock: Date.now,
      commandTimeoutMs: 10_000,
      queueLimit: 1_000,
      projectsKept: 10,
      ...options,
    });
  }

  submit(command: Command, by: By = {}): Promise<Outcome> {
    return this.executor.execute({ projectId: 'shop', actor: ALICE, correlationId: 'request-1', ...by, command });
  }

  async accept(command: Command, by?: By): Promise<Done> {
    const outcome = await this.submit(command, by);
    if (outcome.kind === 'refused') throw new Error(`${command.type} was refused: ${outcome.refusal.message}`);
    return outcome;
  }

  async refuse(command: Command, by?: By): Promise<Refusal> {
    const outcome = await this.submit(command, by);
    if (outcome.kind === 'done') throw new Error(`${command.type} was not refused`);
    return outcome.refusal;
  }

  createProject(id = 'shop'): Promise<Done> {
    return this.accept({ type: 'CreateProject', id, name: 'Shop' }, { projectId: id });
  }
}

export const createKey = (name: string): Command => ({ type: 'CreateKey', name, valueType: 'NUMBER', defaultValue: 3 });
export const describeKey = (name: string, description: string): Command => ({ type: 'EditKey', name, description });
export const archiveKey = (name: string): Command => ({ type: 'ArchiveKey', name });
export const restoreKey = (name: string): Command => ({ type: 'RestoreKey', name });

/** What a refused or failed command came to, in a word: its code, or the name of its error. */
export async function wordFor(outcome: Promise<Outcome>): Promise<string> {
  try {
    const result = await outcome;
    return result.kind === 'done' ? 'done' : result.refusal.code;
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

/** Throws unless the events are a whole history: dense from 0, each chained to the one before, none twice, time never backwards. */
export function assertWhole(events: readonly Envelope[]): void {
  let previous: Envelope | undefined;
  const versions = new Map<string, number>();
  for (const [index, event] of events.entries()) {
    const entity = `${event.entity.kind}:${event.entity.id}`;
    const version = (versions.get(entity) ?? 0) + 1;
    versions.set(entity, version);
    const right = [
      event.revision === index,
      event.hash === hashOf(event),
      event.previousHash === (previous?.hash ?? '0'.repeat(64)),
      event.occurredAt >= (previous?.occurredAt ?? 0),
      event.version === version,
    ];
    if (right.includes(false)) throw new Error(`event ${index} (${event.type}) does not follow: ${right.join()}`);
    previous = event;
  }
  if (new Set(events.map(({ id }) => id)).size !== events.length) throw new Error('an event is there twice');
}
