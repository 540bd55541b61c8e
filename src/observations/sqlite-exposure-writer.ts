import type Database from 'libsql';
import type { ExposureRow } from './thread-rows';
import type { Appended } from './observations';
import { bytesOf } from './sqlite-format';

type Statement = Database.Statement<unknown[]>;

/** An experiment of which the users first exposed at this time, or later, come to something else than before. */
export interface ChangedFrom {
  readonly experiment: string;
  readonly at: number;
}

/** The file of exposures, as the thread that writes it sees it. */
export class ExposureWriter {
  private readonly statements: ReturnType<typeof statementsOf>;
  /** What the table `series` holds, as far as it was asked: to be forgotten when a transaction was not committed. */
  private series = new Map<string, number>();

  constructor(private readonly db: Database.Database) {
    this.statements = statementsOf(db);
  }

  /** Of a user in a variant only the first exposure counts: a later one is not stored again. `changed` is called with what is stored. */
  add(projectId: string, row: ExposureRow, receivedAt: number, changed: (change: ChangedFrom) => void): Appended {
    const { user, experiment, variant, at = receivedAt, revision } = row;
    const series = this.seriesOf(projectId, experiment);
    const bytes = bytesOf(user);
    const stored = this.statements.ofUser.all(series, bytes) as [string, number, number][];
    const first = stored.find(([name, storedAt]) => name === variant && storedAt <= at);
    if (first !== undefined) return { outcome: 'repeated', at: first[1], receivedAt: first[2] };
    this.statements.add.run(series, bytes, variant, at, receivedAt, revision);
    if (stored.length > 0) this.statements.addRepeated.run(series, bytes);
    changed({ experiment, at: Math.min(at, ...stored.map(([, storedAt]) => storedAt)) });
    return { outcome: 'appended', at, receivedAt };
  }

  /** Answers how many exposures of the user were removed. */
  forget(projectId: string, user: string, changed: (change: ChangedFrom) => void): number {
    const bytes = bytesOf(user);
    let removed = 0;
    for (const [series, experiment] of this.statements.seriesOfProject.all(projectId) as [number, string][]) {
      const stored = this.statements.ofUser.all(series, bytes) as [string, number, number][];
      if (stored.length === 0) continue;
      this.statements.forget.run(series, bytes);
      this.statements.forgetRepeated.run(series, bytes);
      this.statements.countErased.run(series);
      changed({ experiment, at: Math.min(...stored.map(([, at]) => at)) });
      removed += stored.length;
    }
    return removed;
  }

  /** Removes what was received before an instant. */
  removeBefore(receivedAt: number): void {
    this.statements.removeBefore.run(receivedAt);
  }

  rolledBack(): void {
    this.series = new Map();
  }

  close(): void {
    this.db.close();
  }

  private seriesOf(projectId: string, experiment: string): number {
    const key = `${projectId}\n${experiment}`;
    let id = this.series.get(key);
    if (id === undefined) {
      this.statements.addSeries.run(projectId, experiment);
      [id] = this.statements.series.get(projectId, experiment) as [number];
      this.series.set(key, id);
    }
    return id;
  }
}

function statementsOf(db: Database.Database) {
  const change = (sql: string): Statement => db.prepare<unknown[]>(sql);
  const query = (sql: string): Statement => change(sql).raw();
  return {
    series: query('SELECT id FROM series WHERE project = ? AND experiment = ?'),
    seriesOfProject: query('SELECT id, experiment FROM series WHERE project = ?'),
    addSeries: change('INSERT INTO series (project, experiment) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    ofUser: query('SELECT variant, at, received_at FROM exposures WHERE series = ? AND user = ? ORDER BY variant, at'),
    add: change('INSERT INTO exposures VALUES (?, ?, ?, ?, ?, ?)'),
    addRepeated: change('INSERT INTO repeated VALUES (?, ?) ON CONFLICT DO NOTHING'),
    forget: change('DELETE FROM exposures WHERE series = ? AND user = ?'),
    forgetRepeated: change('DELETE FROM repeated WHERE series = ? AND user = ?'),
    countErased: change('INSERT INTO erased VALUES (?, 1) ON CONFLICT DO UPDATE SET users = users + 1'),
    removeBefore: change('DELETE FROM exposures WHERE received_at < ?'),
  };
}
