import type Database from 'libsql';
import type { CounterWindow } from '../evaluation/counter';
import type { KeptCounters, NumberedCounter } from './kept-counters';

type Row = [no: number, id: string, window: string, countingSince: number, isFilled: number, filledUpTo: string | null];

/** The counters of projects as one connection reads them: again where their version has changed. */
export class SqliteCounters {
  private readonly known = new Map<number, { readonly version: number; readonly kept: KeptCounters }>();
  private readonly project: Database.Statement<unknown[]>;
  private readonly version: Database.Statement<unknown[]>;
  private readonly rows: Database.Statement<unknown[]>;

  constructor(db: Database.Database) {
    const query = (sql: string) => db.prepare<unknown[]>(sql).raw();
    this.project = query('SELECT id FROM projects WHERE name = ?');
    this.version = query('SELECT counters_version, last_no FROM projects WHERE id = ?');
    this.rows = query('SELECT no, id, window, counting_since, is_filled, filled_up_to FROM counters WHERE project = ? ORDER BY no');
  }

  /** undefined: the store has nothing of it. */
  projectId(name: string): number | undefined {
    return (this.project.get(name) as [number] | undefined)?.[0];
  }

  kept(project: number): { readonly version: number; readonly kept: KeptCounters } {
    const [version, lastNo] = this.version.get(project) as [number, number];
    let known = this.known.get(project);
    if (known?.version !== version) {
      const counters = (this.rows.all(project) as Row[]).map(counterIn);
      known = { version, kept: { lastNo, byId: new Map(counters.map((counter) => [counter.id, counter])) } };
      this.known.set(project, known);
    }
    return known;
  }

  /** After a transaction that was not committed. */
  forgetAll(): void {
    this.known.clear();
  }
}

function counterIn([no, id, window, countingSince, isFilled, filledUpTo]: Row): NumberedCounter {
  return {
    no,
    id,
    window: JSON.parse(window) as CounterWindow,
    countingSince,
    isFilled: isFilled === 1,
    ...(filledUpTo !== null && { filledUpTo: filledUpTo as NonNullable<NumberedCounter['filledUpTo']> }),
  };
}
