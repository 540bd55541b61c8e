import type Database from 'libsql';
import { VOCABULARY_LIMITS, type Appended } from './observations';
import type { EventRow } from './thread-rows';
import { bytesOf } from './sqlite-format';

type Statement = Database.Statement<unknown[]>;

/** The file of one month, as the thread that writes it sees it. */
export class MonthWriter {
  private readonly statements: ReturnType<typeof statementsOf>;
  /** What the tables `series` and `vocabulary` hold, as far as it was asked: to be forgotten when a transaction was not committed. */
  private series = new Map<string, number>();
  private properties = new Map<number, Set<string>>();

  constructor(private readonly db: Database.Database) {
    this.statements = statementsOf(db);
  }

  lastReceivedAt(): number {
    return (this.statements.lastReceivedAt.get() as [number])[0];
  }

  received(receivedAt: number): void {
    this.statements.received.run(receivedAt);
  }

  /** What is stored of a user's event of this id; undefined: nothing. */
  find(projectId: string, { user, id, content }: EventRow): Appended | undefined {
    const project = this.knownSeries(projectId, 'p', '');
    if (project === undefined) return undefined;
    const row = this.statements.find.get(project, bytesOf(user), bytesOf(id)) as [Uint8Array, number, number] | undefined;
    if (row === undefined) return undefined;
    const [stored, at, receivedAt] = row;
    return bytesOf(content).equals(stored) ? { outcome: 'repeated', at, receivedAt } : { outcome: 'conflict', receivedAt };
  }

  /** Adds an event of which `find` finds nothing. */
  addEvent(projectId: string, row: EventRow, receivedAt: number): Appended {
    const { user, id, content, event, at = receivedAt, properties, types } = row;
    const series = this.seriesOf(projectId, 'e', event);
    this.statements.addId.run(this.seriesOf(projectId, 'p', ''), bytesOf(user), bytesOf(id), series, bytesOf(content));
    this.statements.addEvent.run(series, bytesOf(user), bytesOf(id), at, receivedAt, properties);
    if (types.length > 0) this.addProperties(series, types);
    return { outcome: 'appended', at, receivedAt };
  }

  /** Answers how many events of the user were removed. */
  forget(projectId: string, user: string): number {
    const bytes = bytesOf(user);
    const { changes } = this.statements.forgetEvents.run(projectId, bytes);
    this.statements.forgetIds.run(projectId, bytes);
    return changes;
  }

  countForgotten(projectId: string): void {
    this.statements.countForgotten.run(this.seriesOf(projectId, 'p', ''));
  }

  rolledBack(): void {
    this.series = new Map();
    this.properties = new Map();
  }

  close(): void {
    this.db.close();
  }

  private seriesOf(projectId: string, kind: string, name: string): number {
    const known = this.knownSeries(projectId, kind, name);
    if (known !== undefined) return known;
    this.statements.addSeries.run(projectId, kind, name);
    return this.knownSeries(projectId, kind, name)!;
  }

  private knownSeries(projectId: string, kind: string, name: string): number | undefined {
    const key = `${kind}\n${projectId}\n${name}`;
    let id = this.series.get(key);
    if (id === undefined) {
      id = (this.statements.series.get(projectId, kind, name) as [number] | undefined)?.[0];
      if (id !== undefined) this.series.set(key, id);
    }
    return id;
  }

  private addProperties(series: number, types: EventRow['types']): void {
    let known = this.properties.get(series);
    if (known === undefined) {
      known = new Set((this.statements.vocabulary.all(series) as [string, string][]).map(([name, type]) => `${type}\n${name}`));
      this.properties.set(series, known);
    }
    for (const [name, type] of types) {
      const key = `${type}\n${name}`;
      if (known.has(key) || known.size >= VOCABULARY_LIMITS.properties) continue;
      known.add(key);
      this.statements.addProperty.run(series, name, type);
    }
  }
}

function statementsOf(db: Database.Database) {
  const change = (sql: string): Statement => db.prepare<unknown[]>(sql);
  const query = (sql: string): Statement => change(sql).raw();
  return {
    lastReceivedAt: query('SELECT received_at FROM clock'),
    received: change('UPDATE clock SET received_at = ?'),
    series: query('SELECT id FROM series WHERE project = ? AND kind = ? AND name = ?'),
    addSeries: change('INSERT INTO series (project, kind, name) VALUES (?, ?, ?)'),
    find: query(
      `SELECT ids.content, events.at, events.received_at FROM ids JOIN events ON events.series = ids.series AND events.user = ids.user AND events.id = ids.id
        WHERE ids.project = ? AND ids.user = ? AND ids.id = ?`,
    ),
    addId: change('INSERT INTO ids VALUES (?, ?, ?, ?, ?)'),
    addEvent: change('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)'),
    vocabulary: query('SELECT property, type FROM vocabulary WHERE series = ?'),
    addProperty: change('INSERT INTO vocabulary VALUES (?, ?, ?)'),
    forgetEvents: change("DELETE FROM events WHERE series IN (SELECT id FROM series WHERE project = ? AND kind = 'e') AND user = ?"),
    forgetIds: change("DELETE FROM ids WHERE project IN (SELECT id FROM series WHERE project = ? AND kind = 'p') AND user = ?"),
    countForgotten: change('INSERT INTO forgotten VALUES (?, 1) ON CONFLICT DO UPDATE SET users = users + 1'),
  };
}
