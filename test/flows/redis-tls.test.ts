import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../fault/client';
import { ServerProcess } from '../fault/server-process';
import { certificateIn } from '../fixtures/certificates';
import { describeRedis } from '../fixtures/describe-redis';
import { freePort } from '../fixtures/free-port';
import { RedisServer } from '../fixtures/redis-server';

describeRedis('Redis with TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-tls-'));
  const { key, certificate } = certificateIn(directory);
  let redis: RedisServer;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const lines = [
      `tls-port ${port}`,
      `tls-cert-file ${certificate}`,
      `tls-key-file ${key}`,
      `tls-ca-cert-file ${certificate}`,
      'tls-auth-clients no',
    ];
    redis = await RedisServer.start({ lines, password: 'open-sesame' });
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(directory, { recursive: true });
  });
  const environment = () => ({ READ_MODEL: `rediss://:open-sesame@localhost:${port}` });

  test('serves by a certificate that this machine is asked to trust', async () => {
    const server = await ServerProcess.start(join(directory, 'trusting'), {
      environment: { ...environment(), NODE_EXTRA_CA_CERTS: certificate },
    });
    const address = { url: server.url, token: server.token! };
    const created = await ask(address, 'mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
    expect(created).toEqual({ data: { createProject: { __typename: 'Project' } } });
    expect(Number(await redis.command('DBSIZE'))).toBeGreaterThan(2);
    await server.stop();
  });

  test('is not used with a certificate that no one vouches for: commands are taken, and reading is refused', async () => {
    const server = await ServerProcess.listen(join(directory, 'wary'), { environment: environment() });
    const health = await fetch(`${server.url}/health/ready`);
    expect(health.status).toBe(503);
    const { checks } = (await health.json()) as { readonly checks: readonly object[] };
    expect(checks[0]).toMatchObject({ detail: expect.stringMatching(/cannot be reached|being opened/) as string });
    const end = await server.stop();
    expect(end).toMatchObject({ code: 0, log: expect.stringMatching(/self.signed certificate/i) as string });
  }, 40_000);
});
