import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouseObservations } from '../../src/observations/clickhouse';
import { ClickHouseHttp, parseClickHouseUrl } from '../../src/observations/clickhouse-http';
import { startKillable, type Killable } from '../fixtures/killable';
import { observationsContract } from './observations';

const { CLICKHOUSE_URL } = process.env;
const hasEngine = existsSync(join(__dirname, '../../.chdb/node_modules/chdb'));

if (CLICKHOUSE_URL === undefined && !hasEngine) {
  process.stderr.write(
    'NOT RUN: the tests of observations in ClickHouse need one, whose URL is CLICKHOUSE_URL (clickhouse://host:8123), or scripts/install-chdb.sh.\n',
  );
  test.skip('observations in ClickHouse', () => {});
} else {
  let url = CLICKHOUSE_URL;
  let engine: Killable | undefined;
  const directory = mkdtempSync(join(tmpdir(), 'chdb-'));
  beforeAll(async () => {
    if (url !== undefined) return;
    engine = startKillable(join(__dirname, '../fixtures/chdb-server.ts'), [directory]);
    await engine.said(1);
    url = `clickhouse://127.0.0.1:${engine.lines[0]}`;
  });
  afterAll(async () => {
    await engine?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = async (clock: () => number) => {
    const address = parseClickHouseUrl(url!)!;
    const database = `ledger_test_${randomBytes(6).toString('hex')}`;
    const server = new ClickHouseHttp(address);
    await server.command(`CREATE DATABASE ${database}`);
    const openStore = () => ClickHouseObservations.open({ ...address, database }, { keptDays: 36_500, clock });
    let store = await openStore();
    return {
      store,
      reopen: async () => {
        await store.close();
        return (store = await openStore());
      },
      dispose: async () => {
        await store.close();
        await server.command(`DROP DATABASE ${database}`);
      },
    };
  };
  // Each statement takes ClickHouse milliseconds, however little there is.
  observationsContract('ClickHouse', open, 2);
}
