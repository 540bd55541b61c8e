import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { kurrentUrl } from '../../src/event-store/kurrentdb-url';
import { all } from '../contract/event-store-probe';
import { certificateIn, type Certificate } from '../fixtures/certificates';
import { history } from '../fixtures/events';
import { freePort } from '../fixtures/free-port';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { failure } from './kurrentdb-pair';

const PASSWORD = 'a-secret-word';
const directory = mkdtempSync(join(tmpdir(), 'kurrentdb-tls-'));
const good = certificateIn(directory);
const other = certificateIn(directory);
const expired = certificateIn(directory, { until: '20200102000000Z' });
const named = certificateIn(directory, { host: 'another.example' });

let standIn: KurrentStandIn;
const servers: Server[] = [];
beforeAll(async () => void (standIn = await KurrentStandIn.start()));
afterAll(async () => {
  for (const server of servers) server.close();
  await standIn.dispose();
  rmSync(directory, { recursive: true });
});

/** The stand-in's port behind TLS with this certificate. */
async function behind({ key, certificate }: Certificate): Promise<number> {
  const keys = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createServer({ ...keys, ALPNProtocols: ['h2'] }, (near) => {
    const far = connect(standIn.address.port, '127.0.0.1');
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function open(port: number, options: string): Promise<KurrentEventStore> {
  return KurrentEventStore.open(kurrentUrl(`kurrentdb://user:${PASSWORD}@localhost:${port}?${options}`), { timeoutMs: 4_000 });
}

test('reads and appends by TLS, where the certificate is one that it was given', async () => {
  const store = await open(await behind(good), `tlsCAFile=${good.certificate}`);
  const events = history('shop', 2);
  await store.append('shop', -1, events);
  expect(await all(store.read('shop'))).toEqual(events);
  await store.close();
});

test.each([
  ['a certificate that has expired', () => behind(expired), `tlsCAFile=${expired.certificate}`, /certificate has expired/],
  ['a certificate of another authority', () => behind(good), `tlsCAFile=${other.certificate}`, /self.signed certificate/],
  ['no authority named', () => behind(good), 'tls=true', /self.signed certificate/],
  ['a certificate of another name', () => behind(named), `tlsCAFile=${named.certificate}`, /Hostname\/IP does not match/],
  ['no TLS to a port that wants it', () => behind(good), 'tls=false', /Failed to connect/],
  ['TLS to a port without it', async () => standIn.address.port, `tlsCAFile=${good.certificate}`, /wrong version number/],
  ['nothing that listens', freePort, `tlsCAFile=${good.certificate}`, /ECONNREFUSED/],
])('says in one line why it is not reached: %s', async (_, port, options, reason) => {
  const store = await open(await port(), options);
  for (const call of [() => all(store.read('shop')), () => store.append('shop', -1, history('shop', 1))]) {
    const { message } = await failure(call());
    expect(message).toMatch(/^KurrentDB cannot be reached: /);
    expect(message).toMatch(reason);
    expect(message).not.toMatch(/\n/);
    expect(message).not.toContain(PASSWORD);
  }
  await store.close();
});
