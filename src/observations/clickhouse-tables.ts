/** ClickHouse's instants end in 2106, and a row whose end lies beyond is taken for an old one. */
const LONGEST_DAYS = 20_000;

/**
 * Rows lie by user, so that an event is found by its id, and a user's rows are together. A part is on the disk before an insert is answered, and goes
 * when all in it is older than it is to be kept. Keys, ids and contents are hexadecimal digits, which take half as much once they are packed.
 */
export function tablesOf(keptDays: number): readonly string[] {
  const month = 'PARTITION BY toYYYYMM(toDateTime(intDiv(received_at, 1000)))';
  const kept = `TTL toDateTime(intDiv(received_at, 1000)) + INTERVAL ${Math.min(keptDays, LONGEST_DAYS)} DAY`;
  const durable = 'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1';
  return [
    `CREATE TABLE IF NOT EXISTS observed_events (
      project String, user String CODEC(ZSTD), id String CODEC(ZSTD), event LowCardinality(String), content String CODEC(ZSTD),
      at Int64, received_at Int64, properties String CODEC(ZSTD)
    ) ENGINE = MergeTree ${month} ORDER BY (project, user, id) ${kept} ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_exposures (
      project String, experiment LowCardinality(String), user String CODEC(ZSTD), variant LowCardinality(String),
      at Int64, received_at Int64, revision Int64
    ) ENGINE = MergeTree ${month} ORDER BY (project, experiment, user, variant, at) ${kept} ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_vocabulary (
      project String, event String, property String, type LowCardinality(String)
    ) ENGINE = ReplacingMergeTree ORDER BY (project, event, property, type)`,
    `CREATE TABLE IF NOT EXISTS observed_erased (project String, experiment String, users UInt64)
      ENGINE = SummingMergeTree ORDER BY (project, experiment) ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_tallies (
      project String, kind LowCardinality(String), subject String, name String, minute Int64, count UInt64
    ) ENGINE = SummingMergeTree ORDER BY (project, kind, subject, name, minute)
      TTL toDateTime(intDiv(minute, 1000)) + INTERVAL ${Math.min(keptDays, LONGEST_DAYS)} DAY ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_forgotten (project String, users UInt64) ENGINE = SummingMergeTree ORDER BY project ${durable}`,
  ];
}
