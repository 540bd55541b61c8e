import type { Checkpoint } from './read-model';

/** The ledger whose read models these are, as far as it takes to tell them from another's. */
export interface LedgerIdentity {
  /** Its id. Rejects while the event store cannot be asked. */
  id(): Promise<string>;
  /** Whether the project's history has the event that the checkpoint names. Rejects while the event store cannot be asked. */
  holds(projectId: string, checkpoint: Pick<Checkpoint, 'revision' | 'hash'>): Promise<boolean>;
}
