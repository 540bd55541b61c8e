import { RedisUserStore } from '../../src/user-store/redis';
import { describeRedis } from '../fixtures/describe-redis';
import { DURABLE } from '../fixtures/durable-redis';
import { RedisServer } from '../fixtures/redis-server';
import { userStoreContract } from './user-store';
import { pepper } from './users';

describeRedis('with a Redis', () => {
  let server: RedisServer;
  let ledgers = 0;
  beforeAll(async () => void (server = await RedisServer.start({ lines: DURABLE })));
  afterAll(() => server.stop());

  userStoreContract(
    'Redis',
    async (clock) => {
      const ledgerId = `ledger-${(ledgers += 1)}`;
      const open = () => RedisUserStore.open(server.address(), { ledgerId, pepperId: pepper.id, clock });
      let clients: readonly RedisUserStore[] = await Promise.all([open(), open()]);
      const close = () => Promise.all(clients.map((client) => client.close()));
      return {
        store: clients[0]!,
        other: clients[1]!,
        reopen: async () => {
          await close();
          clients = [await open()];
          return clients[0]!;
        },
        dispose: async () => void (await close()),
      };
    },
    { rounds: 300 },
  );
});
