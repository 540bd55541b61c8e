import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authenticator, Unauthenticated, type Trust } from '../../src/http/authentication';
import { SECRET, startServer, tokenFor } from './running-server';

const local: Trust = { kind: 'local', secret: SECRET };
const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function refusal(trust: Trust, header: string | undefined, now?: () => number): Promise<Unauthenticated> {
  const error: unknown = await (async () => authenticator(trust, now)(header))().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Unauthenticated)) throw new Error('it was let in, or failed otherwise', { cause: error });
  return error;
}

describe('with the local secret', () => {
  const sign = (claims: Record<string, unknown>, secret = SECRET) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
  const good = { sub: 'u-1', iss: 'experience-ledger', aud: 'experience-ledger', exp: 4_000_000_000 };

  test('a token tells who the caller is, what he may do where, and until when', async () => {
    const token = await tokenFor({ subject: 'u-1', kind: 'service', roles: { '*': ['member'], 'my-app': ['creator', 'auditor'] } });
    const caller = await authenticator(local)(`Bearer ${token}`);
    expect(caller.actor).toEqual({ id: 'u-1', kind: 'service' });
    expect([...caller.grants].map(([project, roles]) => [project, [...roles]])).toEqual([
      ['*', ['member']],
      ['my-app', ['creator', 'auditor']],
    ]);
    expect(caller.expiresAt).toBeGreaterThan(Date.now());
  });

  test('a token that says no kind is of a user, and one that says no roles has none', async () => {
    const caller = await authenticator(local)(`bearer ${await sign(good)}`);
    expect(caller).toMatchObject({ actor: { id: 'u-1', kind: 'user' } });
    expect(caller.grants.size).toBe(0);
  });

  test.each([
    ['no header', undefined, /No token was sent/],
    ['another scheme', 'Basic b3BzOm9wcw==', /must be "Bearer"/],
    ['no JWT at all', 'Bearer hello', /malformed/],
    ['three parts of nothing', 'Bearer a.b.c', /malformed|algorithm/],
    ['an endless token', `Bearer ${'a'.repeat(9_000)}`, /at most 8192 characters/],
  ])('%s is refused with the reason', async (_what, header, message) => {
    expect((await refusal(local, header)).message).toMatch(message);
  });

  test.each([
    ['a signature by another secret', () => sign(good, new Uint8Array(32).fill(8)), /signature/],
    ['a token that has expired', () => sign({ ...good, exp: 1_000 }), /expired/],
    ['a token without an end', () => sign({ ...good, exp: undefined }), /"exp" is missing/],
    ['a token for another audience', () => sign({ ...good, aud: 'billing' }), /another audience/],
    ['a token of another issuer', () => sign({ ...good, iss: 'https://id.example' }), /another issuer/],
    ['a token that is not valid yet', () => sign({ ...good, nbf: 3_999_999_999 }), /not valid yet/],
    ['a token without a subject', () => sign({ ...good, sub: undefined }), /"sub" is missing/],
    ['a subject with a control character', () => sign({ ...good, sub: 'a\nb' }), /sub: must be 1 to 200 printable/],
    ['an unknown kind', () => sign({ ...good, kind: 'robot' }), /kind: must be "user" or "service"/],
    ['an unknown role', () => sign({ ...good, roles: { '*': ['root'] } }), /roles.*admin, creator/],
    ['roles in what is no project', () => sign({ ...good, roles: { 'My App': ['admin'] } }), /project ids or "\*"/],
    ['an unsigned token', async () => `${b64({ alg: 'none' })}.${b64(good)}.`, /malformed|algorithm/],
  ])('%s is refused with the reason', async (_what, make, message) => {
    const error = await refusal(local, `Bearer ${await make()}`);
    expect(error.message).toMatch(message);
    expect(error.status).toBe(401);
  });

  test('a token that has been verified is remembered, but not past its end', async () => {
    let now = Date.now();
    const authenticate = authenticator(local, () => now);
    const header = `Bearer ${await tokenFor({ ttlMs: 60_000 })}`;
    const first = await authenticate(header);
    expect(authenticate(header)).toBe(first);
    now += 61_000;
    await expect(authenticate(header)).rejects.toThrow('expired');
  });
});

describe('with the keys of an identity provider', () => {
  const audience = 'ledger';
  const issuer = 'https://id.example';
  let server: Server;
  let trust: Trust & { kind: 'jwks' };
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;
  let keys: object[];
  let fetched = 0;
  const sign = (key: (typeof pair)['privateKey'], header: { alg: string; kid?: string } = { alg: 'ES256', kid: 'one' }) =>
    new SignJWT({ roles: { 'my-app': ['app'] } })
      .setProtectedHeader(header)
      .setSubject('s-1')
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime('1h')
      .sign(key);

  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }];
    server = createServer((_request, response) => {
      fetched += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    trust = { kind: 'jwks', url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`), issuer, audience };
  });
  afterAll(() => server.close());

  test('its tokens are believed, and its keys fetched once', async () => {
    fetched = 0;
    const authenticate = authenticator(trust);
    const [first, second] = [await sign(pair.privateKey), await sign(pair.privateKey)];
    expect((await authenticate(`Bearer ${first}`)).grants.get('my-app')).toEqual(new Set(['app']));
    await authenticate(`Bearer ${second}`);
    expect(fetched).toBe(1);
  });

  test('a key of someone else is refused', async () => {
    const other = await generateKeyPair('ES256');
    expect((await refusal(trust, `Bearer ${await sign(other.privateKey)}`)).message).toMatch(/signature/);
    expect((await refusal(trust, `Bearer ${await sign(other.privateKey, { alg: 'ES256', kid: 'two' })}`)).message).toMatch(/signature/);
  });

  test('a token signed with a shared secret is refused, also with the public key as the secret', async () => {
    const publicKey = new TextEncoder().encode(JSON.stringify(await exportJWK(pair.publicKey)));
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setSubject('s')
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime('1h')
      .sign(publicKey);
    expect((await refusal(trust, `Bearer ${forged}`)).message).toMatch(/algorithm/);
    expect((await refusal(trust, `Bearer ${await tokenFor()}`)).message).toMatch(/algorithm/);
  });

  test('a new key of the provider is found, though not at once: until then the token is not blamed', async () => {
    const clock = jest.spyOn(Date, 'now');
    try {
      const next = await generateKeyPair('ES256', { extractable: true });
      const authenticate = authenticator(trust);
      await authenticate(`Bearer ${await sign(pair.privateKey)}`);
      const token = `Bearer ${await sign(next.privateKey, { alg: 'ES256', kid: 'two' })}`;
      fetched = 0;
      await expect(authenticate(token)).rejects.toMatchObject({ status: 503, retryAfterSeconds: 10, failed: false });
      expect(fetched).toBe(0);
      const now = Date.now();
      clock.mockImplementation(() => now + 11_000);
      // Still not there, as far as can be known now: it is not the provider's.
      await expect(authenticate(token)).rejects.toMatchObject({ status: 401 });
      keys = [...keys, { ...(await exportJWK(next.publicKey)), kid: 'two', alg: 'ES256' }];
      clock.mockImplementation(() => now + 22_000);
      expect((await authenticate(token)).actor.id).toBe('s-1');
      expect(fetched).toBe(2);
    } finally {
      clock.mockRestore();
    }
  });

  test('an RSA key of 1024 bits is refused with the reason', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    keys = [...keys, { ...publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256' }];
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { sub: 's-1', iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1_000) + 60 };
    const input = `${part({ alg: 'RS256', kid: 'short' })}.${part(claims)}`;
    const token = `${input}.${signBytes('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
    expect(await refusal(trust, `Bearer ${token}`)).toMatchObject({
      status: 401,
      message: expect.stringContaining('fewer than 2048 bits'),
    });
  });

  test('if the keys cannot be fetched, the token is not blamed', async () => {
    const gone: Trust = { ...trust, url: new URL('http://127.0.0.1:1/jwks') };
    expect(await refusal(gone, `Bearer ${await sign(pair.privateKey)}`)).toMatchObject({
      status: 503,
      message: expect.stringContaining('later'),
    });
  });
});

describe('over HTTP', () => {
  test('without a token: health and the page for a browser, nothing else', async () => {
    const { server, url } = await startServer();
    const status = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).status;
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ hello }"}' };
    try {
      expect(await status('/health/live')).toBe(200);
      expect(await status('/health/ready')).toBe(200);
      expect(await status('/graphql', { headers: { accept: 'text/html' } })).toBe(200);
      expect(await status('/graphql', json)).toBe(401);
      expect(await status('/graphql?query={hello}')).toBe(401);
      expect(await status('/graphql', { ...json, body: '{"query":"{ __schema { types { name } } }"}' })).toBe(401);
      expect(await status('/metrics')).toBe(401);
    } finally {
      await server.stop();
    }
  });

  test('a refusal is 401, in the form of every other error, with the challenge of RFC 6750', async () => {
    const { server, ask, log } = await startServer();
    try {
      const token = await tokenFor({}, new Uint8Array(32).fill(1));
      const response = await ask('{ hello }', {}, { authorization: `Bearer ${token}` });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="experience-ledger", error="invalid_token"');
      expect(await response.json()).toEqual({
        errors: [{ message: expect.stringContaining('signature'), extensions: { code: 'UNAUTHENTICATED' } }],
      });
      expect(log.join('')).not.toContain(token);
    } finally {
      await server.stop();
    }
  });

  test('a token never reaches the log, also when the request fails inside', async () => {
    const { server, ask, log, token } = await startServer();
    await ask('{ crash whoami }');
    await server.stop();
    expect(log.join('')).toContain('hunter2');
    expect(log.join('')).not.toContain(token);
    expect(log.join('')).not.toContain(token.split('.')[2]);
  });
});
