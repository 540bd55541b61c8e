import type Database from 'libsql';
import type { ExposureOfUser } from './moments';
import { bytesOf, hexOf } from './sqlite-format';
import { page, type Page } from './thread-rows';

/** Where a page goes on: behind this exposure of this user. */
export interface ExposurePlace {
  readonly user: string;
  readonly variant: string;
  readonly at: number;
}

export type ExposureTuple = readonly [user: string, variant: string, at: number, receivedAt: number, revision: number];
export type KnownExposureTuple = readonly [experiment: string, variant: string, at: number, receivedAt: number, revision: number];

/** Some time of the exposures to an experiment. */
export interface Span {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

export interface CountedExposures {
  /** The number of users of each variant that was asked for. */
  readonly users: readonly number[];
  readonly afterEnd: number;
}

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
    this.repeated = query('SELECT user FROM repeated WHERE series = ? ORDER BY user');
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

  /** Users who may have been seen in two variants, or earlier than was first known, in the order of their keys. */
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
  counter(variants: readonly string[], receivedBefore: number, endRevision: number | undefined): (span: Span) => CountedExposures {
    const spanned = 'FROM exposures INDEXED BY exposures_by_time WHERE series = ? AND at >= ? AND at < ? AND received_at < ?';
    const counted = (what: string, also: string): Statement => this.db.prepare<unknown[]>(`SELECT ${what} ${spanned}${also}`).raw();
    const byVariant = counted(
      variants.map(() => 'count(*) FILTER (WHERE variant = ?)').join(),
      endRevision === undefined ? '' : ' AND revision < ?',
    );
    const behind = endRevision === undefined ? undefined : counted('count(*)', ' AND revision >= ?');
    const end = endRevision === undefined ? [] : [endRevision];
    return ({ series, from, to }) => {
      const within = [series, from, to, receivedBefore, ...end];
      const [afterEnd = 0] = (behind?.get(...within) ?? []) as number[];
      return { users: byVariant.get(...variants, ...within) as number[], afterEnd };
    };
  }

  close(): void {
    this.db.close();
  }
}
