import { randomBytes } from 'node:crypto';
import { ClickHouseObservations } from '../../src/observations/clickhouse';
import { ClickHouseHttp, parseClickHouseUrl } from '../../src/observations/clickhouse-http';
import { observationsContract } from './observations';

const { CLICKHOUSE_URL } = process.env;

if (CLICKHOUSE_URL === undefined) {
  process.stderr.write(
    'NOT RUN: the tests of observations in ClickHouse need one, whose URL is CLICKHOUSE_URL (clickhouse://host:8123).\n',
  );
  test.skip('observations in ClickHouse', () => {});
} else {
  const address = parseClickHouseUrl(CLICKHOUSE_URL)!;
  observationsContract('ClickHouse', async (clock) => {
    const database = `ledger_test_${randomBytes(6).toString('hex')}`;
    const server = new ClickHouseHttp(address);
    await server.command(`CREATE DATABASE ${database}`);
    const open = () => ClickHouseObservations.open({ ...address, database }, { keptDays: 36_500, clock });
    let store = await open();
    return {
      store,
      reopen: async () => {
        await store.close();
        return (store = await open());
      },
      dispose: async () => {
        await store.close();
        await server.command(`DROP DATABASE ${database}`);
      },
    };
  });
}
