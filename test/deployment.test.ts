import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../src/settings';
import { configurationFor } from './fixtures/haproxy';

const ROOT = join(__dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly deploy?: { readonly replicas: number };
  readonly command?: readonly string[];
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const { services, volumes } = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const proxy = read('deploy/haproxy.cfg');

/** What an instance is given, with what its image sets and nothing overridden. */
function environmentOf(service: Service): Record<string, string> {
  const [, image] = /^ENV (.*)$/m.exec(read('Dockerfile').split('\nFROM ').at(-1) ?? '') ?? [];
  const set = Object.fromEntries((image ?? '').split(' ').map((pair) => pair.split('=') as [string, string]));
  const given = Object.entries(service.environment ?? {}).map(([name, value]) => [name, `${value}`.replace(/^\$\{\w+:-(.*)\}$/, '$1')]);
  return { ...set, ...(Object.fromEntries(given) as Record<string, string>) };
}

test('the image gives Node what `npm start` does', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
  const [, entry] = /^ENTRYPOINT (.*)$/m.exec(read('Dockerfile')) ?? [];
  const [, command] = /^CMD (.*)$/m.exec(read('Dockerfile').split('\nENTRYPOINT').at(-1) ?? '') ?? [];
  expect(scripts.start).toBe(['exec', ...(JSON.parse(entry!) as string[]), ...(JSON.parse(command!) as string[])].join(' '));
});

describe('docker-compose.yml', () => {
  const instance = services['experience-ledger'] as Service;
  const settings = readSettings(environmentOf(instance));

  test('runs two instances on a KurrentDB and a Redis that are its services, by settings that the product takes', () => {
    expect(instance.deploy?.replicas).toBe(2);
    expect(settings.eventStore).toMatchObject({ kind: 'kurrentdb', url: expect.stringContaining('kurrentdb:2113') as string });
    expect(settings.readModel).toMatchObject({ kind: 'redis', address: { hosts: [{ host: 'redis', port: 6379 }] } });
    expect(settings.userStore).toBe('redis://users:6379');
    expect(settings.observations).toContain('@clickhouse:8123/');
    expect(Object.keys(services).sort()).toEqual(['clickhouse', 'experience-ledger', 'kurrentdb', 'proxy', 'redis', 'users']);
  });

  test('gives all instances one secret, and publishes no port but the proxy’s, on this machine alone', () => {
    expect(instance.volumes).toEqual([`ledger:${settings.dataDir}`]);
    expect(volumes).toHaveProperty('ledger');
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual(['proxy 127.0.0.1:4000:4000']);
    expect(settings.trustedProxies).toBe(1);
  });

  test('evicts nothing from Redis, and gives an instance more time to stop than it takes', () => {
    expect(services['redis']?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(services['users']?.command?.join(' ')).toContain('--appendonly yes --appendfsync always');
    expect(services['users']?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(services['users']?.volumes).toEqual(['users:/data']);
    expect(parseInt(instance.stop_grace_period ?? '', 10)).toBeGreaterThan(settings.drainSeconds + settings.stopSeconds + 5);
    expect(settings.drainSeconds).toBe(4);
  });

  test('bounds the memory of each service, and of Redis below its container, so that it refuses writes before it is killed', () => {
    const megabytes = (text = ''): number => parseInt(text, 10) * (/g/i.test(text) ? 1_024 : 1);
    expect(Object.entries(services).filter(([, { mem_limit }]) => !(megabytes(mem_limit) > 0))).toEqual([]);
    const [, maxmemory] = /--maxmemory (\S+)/.exec(services['redis']?.command?.join(' ') ?? '') ?? [];
    expect(megabytes(maxmemory)).toBeGreaterThan(0);
    expect(megabytes(maxmemory)).toBeLessThan(megabytes(services['redis']?.mem_limit));
    const [, heap] = /--max-old-space-size=(\d+)/.exec(String(instance.environment?.['NODE_OPTIONS'])) ?? [];
    expect(Number(heap) + 2 * 64).toBeLessThan(megabytes(instance.mem_limit));
  });

  test('asks the stores and the instances whether they live; an instance whose stores are away is not restarted', () => {
    expect(services['redis']?.healthcheck?.test).toContain('ping');
    expect(services['kurrentdb']?.healthcheck?.test.at(-1)).toMatch(/:2113\/health\/live$/);
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK [^]*?\/health\/live/m);
    expect(read('Dockerfile')).not.toContain('/health/ready');
  });

  test('the proxy gives requests to instances that are ready, or else to those that live, and waits for feeds as long as they are silent', () => {
    const [mounted] = services['proxy']?.volumes ?? [];
    expect(existsSync(join(ROOT, mounted?.split(':')[0] ?? 'none'))).toBe(true);
    for (const probe of ['ready', 'live']) {
      expect(proxy).toMatch(
        new RegExp(
          `backend ${probe}\\n[^]*?GET /health/${probe}\\n[^]*?server-template \\w+ \\d+ experience-ledger:${settings.port} check`,
        ),
      );
    }
    expect(proxy).toMatch(/use_backend ready if \{ nbsrv\(ready\) gt 0 \}\n {2}default_backend live/);
    const [, seconds] = /timeout server (\d+)s/.exec(proxy) ?? [];
    expect(Number(seconds)).toBeGreaterThan(2 * settings.feeds.heartbeatSeconds);
    // A mutation that was sent to an instance is never sent to another by the proxy.
    expect(proxy).toMatch(/retry-on conn-failure\n/);
  });
});

test('the soak test of a rolling restart changes nothing of the shipped configuration but the list of servers', () => {
  const configuration = configurationFor([1, 2]);
  expect(configuration.match(/^ {2}server ledger[01] 127\.0\.0\.1:[12] check inter 1s fall 2 rise 1$/gm)).toHaveLength(4);
  expect(configuration).not.toContain('server-template');
});
