import { ObservationsUnavailable } from './observations';

/** How long an answer may take. */
const ANSWER_MS = 30_000;
/** How much of an error is repeated: ClickHouse adds the whole statement to some. */
const REASON_LENGTH = 300;

/** Where a ClickHouse is. */
export interface ClickHouseAddress {
  /** The URL of its HTTP interface. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Reads `clickhouse://[user:password@]host[:port][/database]`, or `clickhouses://` for HTTPS; undefined: it is none. */
export function parseClickHouseUrl(text: string): ClickHouseAddress | undefined {
  const scheme = /^(clickhouses?):\/\//.exec(text)?.[1];
  // URL finds host and port only in addresses whose scheme it knows.
  const url = scheme === undefined ? undefined : parsed(text.replace(scheme, 'https'));
  if (!url || url.hostname === '' || url.search !== '' || url.pathname.split('/').length > 2) return undefined;
  const secure = scheme === 'clickhouses';
  const port = url.port === '' ? (secure ? '8443' : '8123') : url.port;
  return {
    url: `${secure ? 'https' : 'http'}://${url.hostname}:${port}/`,
    user: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'default',
  };
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

export type Parameters = Readonly<Record<string, string | number>>;

/** Statements over the HTTP interface. Each rejects with `ObservationsUnavailable`, which never quotes the password. */
export class ClickHouseHttp {
  constructor(private readonly address: ClickHouseAddress) {}

  /** The rows of a query, each as the list of its columns. `{name:Type}` in it stands for a parameter. */
  async query<Row>(sql: string, parameters: Parameters = {}): Promise<Row[]> {
    const text = await this.send(`${sql} FORMAT JSONCompactEachRow`, parameters);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
  }

  async command(sql: string, parameters: Parameters = {}): Promise<void> {
    await this.send(sql, parameters);
  }

  /** All rows or none, on the disk when it resolves if the table is set so. */
  async insert(table: string, rows: readonly (readonly unknown[])[]): Promise<void> {
    if (rows.length === 0) return;
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    await this.send(lines, {}, { query: `INSERT INTO ${table} FORMAT JSONCompactEachRow`, async_insert: '0' });
  }

  private async send(body: string, parameters: Parameters, settings: Readonly<Record<string, string>> = {}): Promise<string> {
    const { url, user, password, database } = this.address;
    // Without waiting, an error in the middle of a result would come behind a good status.
    const search = new URLSearchParams({ database, wait_end_of_query: '1', ...settings });
    for (const [name, value] of Object.entries(parameters)) search.set(`param_${name}`, escaped(value));
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}?${search.toString()}`, {
        method: 'POST',
        body,
        headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password, 'Content-Type': 'text/plain' },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      text = await response.text();
    } catch (error) {
      const { message, cause } = error as Error;
      throw new ObservationsUnavailable(`ClickHouse cannot be reached: ${cause instanceof Error ? cause.message : message}`, {
        cause: error,
      });
    }
    if (!response.ok)
      throw new ObservationsUnavailable(`ClickHouse could not do what it was asked: ${text.slice(0, REASON_LENGTH).trim()}`);
    return text;
  }
}

/** Parameters are read as fields of tab-separated values. */
function escaped(value: string | number): string {
  return `${value}`.replace(/[\\\t\n\r\0]/g, (character) => ESCAPES[character]!);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };
