import type Database from 'libsql';
import type { ExposureOfUser } from './moments';
import { bytesOf, hexOf } from './sqlite-format';
import { page, type Page } from './sqlite-page';

/** Where a page goes on: behind this exposure of this user. */
export interface ExposurePlace {
  readonly user: string;
  readonly variant: string;
  readonly at: number;
}

export type ExposureTuple = readonly [user: string, variant: string, at: number, receivedAt: number, revision: number];
export type KnownExposureTuple = readonly [experiment: string, variant: string, at: number, receivedAt: number, revision: number];

type Statement = Database.Statement<unknown[]>;

/** The file of exposures, as a thread that reads it sees it. */
export class ExposureReader {
  private readonly exposures: Statement;
  private readonly known: Statement;
  private readonly series: Statement;
  private readonly ofUser: Statement;
  private readonly repeated: Statement;
  private readonly erased: Statement;
  private readonly next: Statement;
  private readonly shared: Statement;

  constructor(private readonly db: Database.Database) {
    const query = (sql: string) => db.prepare<unknown[]>(sql).raw();
    this.exposures = query(
      `SELECT user, variant, at, received_at, revision FROM exposures
        WHERE series = (SELECT id FROM series WHERE project = ? AND experiment = ?) AND (user, variant, at) > (?, ?, ?) AND received_at < ?
        ORDER BY user, variant, at`,
    );
    this.known = query(
      `SELECT experiment, variant, at, received_at, revision FROM series JOIN exposures ON exposures.series = series.id
        WHERE project = ? AND user = ? ORDER BY experiment, variant, at`,
    );
    this.series = query('SELECT id FROM series WHERE project = ? AND experiment = ?');
    this.ofUser = query('SELECT variant, at, received_at, revision FROM exposures WHERE series = ? AND user = ?');
    this.repeated = query('SELECT user FROM repeated WHERE series = ?');
    this.erased = query('SELECT users FROM erased WHERE series = ?');
    this.next = query('SELECT at FROM exposures WHERE series = ? AND at >= ? ORDER BY at LIMIT 1');
    this.shared = query(
      `SELECT DISTINCT user FROM exposures AS own WHERE series = ? AND at >= ?
        AND EXISTS (SELECT 1 FROM exposures AS other WHERE other.series = ? AND other.user = own.user)`,
    );
  }

  exposuresOf(projectId: string, experiment: string, receivedBefore: number, { user, variant, at }: ExposurePlace): Page<ExposureTuple> {
    return page(this.exposures.iterate(projectId, experiment, bytesOf(user), variant, at, receivedBefore), (row) => {
      const [bytes, ...rest] = row as [Uint8Array, string, number, number, number];
      return { row: [hexOf(bytes), ...rest] as const, bytes: 0 };
    });
  }

  /** All of them: a user is in few experiments. */
  knownOf(projectId: string, user: string): readonly KnownExposureTuple[] {
    return this.known.all(projectId, bytesOf(user)) as [string, string, number, number, number][];
  }

  /** undefined: no user was exposed. */
  seriesOf(projectId: string, experiment: string): number | undefined {
    return (this.series.get(projectId, experiment) as [number] | undefined)?.[0];
  }

  ofUserIn(series: number, user: Uint8Array): readonly ExposureOfUser[] {
    const rows = this.ofUser.all(series, user) as [string, number, number, number][];
    return rows.map(([variant, at, receivedAt, revision]) => ({ variant, at, receivedAt, revision }));
  }

  /** Users who may have been seen in two variants, or earlier than was first known. */
  repeatedIn(series: number): readonly Uint8Array[] {
    return (this.repeated.all(series) as [Uint8Array][]).map(([user]) => user);
  }

  erasedIn(series: number): number {
    return (this.erased.get(series) as [number] | undefined)?.[0] ?? 0;
  }

  /** When the first exposure at or after a time was. */
  nextIn(series: number, from: number): number | undefined {
    return (this.next.get(series, from) as [number] | undefined)?.[0];
  }

  /** Users with an exposure since a time who have one to another experiment as well. */
  sharedWith(series: number, since: number, other: number): readonly Uint8Array[] {
    return (this.shared.all(series, since, other) as [Uint8Array][]).map(([user]) => user);
  }

  /** Counts the exposures of a span of time by variant, and those at or after a revision, without looking at users. */
  counter(
    variants: readonly string[],
  ): (series: number, from: number, to: number, receivedBefore: number, endRevision: number) => number[] {
    const sums = variants.map(() => 'total(variant = ? AND revision < ?)').join();
    const statement = this.db
      .prepare<unknown[]>(
        `SELECT ${sums}, total(revision >= ?) FROM exposures INDEXED BY exposures_by_time WHERE series = ? AND at >= ? AND at < ? AND received_at < ?`,
      )
      .raw();
    return (series, from, to, receivedBefore, endRevision) => {
      const parameters = [...variants.flatMap((variant) => [variant, endRevision]), endRevision, series, from, to, receivedBefore];
      return statement.get(...parameters) as number[];
    };
  }

  close(): void {
    this.db.close();
  }
}
