import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyOptions, type JWTVerifyResult } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { type Caller, ALL_PROJECTS } from '../application/caller';
import { callerOf, LOCAL, LOCAL_ALGORITHM, issueToken, openSecret } from './tokens';

/** Whose signatures on tokens are accepted. */
export type Trust =
  | { readonly kind: 'local'; readonly secret: Uint8Array }
  | { readonly kind: 'jwks'; readonly url: URL; readonly issuer: string; readonly audience: string };

/** Why the caller is not known; the message is for the caller, and never holds any of the token. */
export class Unauthenticated extends Error {
  /** 503 where the cause is the server's, so that the same token may be accepted later. `failed`: the cause belongs in the log. */
  constructor(
    message: string,
    readonly status: 401 | 503 = 401,
    options?: ErrorOptions,
    readonly retryAfterSeconds = 5,
    readonly failed = status === 503,
  ) {
    super(message, options);
    this.name = 'Unauthenticated';
  }
}

/** Turns an Authorization header into the caller. Rejects with `Unauthenticated`, and with nothing else. */
export type Authenticate = (authorization: string | undefined) => Caller | Promise<Caller>;

const MAX_REMEMBERED = 10_000;
/** Characters of all tokens whose callers are remembered: what a caller takes follows from what its token says. */
const REMEMBERED_CHARACTERS = 16 * 2 ** 20;
/** How long a key that the identity provider takes back may go on working, in milliseconds. */
const REMEMBERED_MS = 5 * 60_000;
const MAX_TOKEN_CHARACTERS = 8_192;
/** How long an identity provider is not asked for its keys again, whatever keys tokens name. */
const KEYS_COOLDOWN_MS = 10_000;
/** What jose says of an RSA key that it does not use; it has no code for it. */
const SHORT_KEY = /modulusLength/;
/** Only public keys: with a shared-secret algorithm, anyone who can read the public key could sign. */
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];

/**
 * Verifies tokens, and remembers those it has verified by the header that they came in: an HMAC through Web Crypto and the reading of claims take longer
 * than answering a small query does. `onVerified` is called with the caller each time that a token is verified anew.
 */
export function authenticator(trust: Trust, now: () => number = Date.now, onVerified: (caller: Caller) => void = () => {}): Authenticate {
  const verify = verifier(trust, now);
  const verified = new LRUCache<string, { readonly caller: Caller; readonly until: number }>({
    max: MAX_REMEMBERED,
    maxSize: REMEMBERED_CHARACTERS,
  });

  async function check(authorization: string): Promise<Caller> {
    const token = bearer(authorization);
    const { payload } = await verify(token).catch((error: unknown) => {
      throw explained(error, trust.kind === 'jwks');
    });
    const caller = callerOf(payload);
    if (typeof caller === 'string') throw new Unauthenticated(`The token is not one for this server: ${caller}.`);
    verified.set(authorization, { caller, until: Math.min(caller.expiresAt, now() + REMEMBERED_MS) }, { size: authorization.length });
    onVerified(caller);
    return caller;
  }

  return (authorization = '') => {
    const known = verified.get(authorization);
    return known !== undefined && now() < known.until ? known.caller : check(authorization);
  };
}

function bearer(authorization: string): string {
  if (authorization === '') {
    throw new Unauthenticated('No token was sent. Send the header "Authorization: Bearer <token>".');
  }
  const [, token] = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization) ?? [];
  if (token === undefined || token.length > MAX_TOKEN_CHARACTERS) {
    throw new Unauthenticated(
      `The Authorization header must be "Bearer", a space and a token of at most ${MAX_TOKEN_CHARACTERS} characters.`,
    );
  }
  return token;
}

function verifier(trust: Trust, now: () => number): (token: string) => Promise<JWTVerifyResult> {
  const options = (more: JWTVerifyOptions): JWTVerifyOptions => ({
    requiredClaims: ['sub', 'exp'],
    currentDate: new Date(now()),
    ...more,
  });
  if (trust.kind === 'local') {
    return (token) => jwtVerify(token, trust.secret, options({ algorithms: [LOCAL_ALGORITHM], issuer: LOCAL, audience: LOCAL }));
  }
  const { issuer, audience } = trust;
  const keys = createRemoteJWKSet(trust.url, { timeoutDuration: 5_000, cooldownDuration: KEYS_COOLDOWN_MS });
  return async (token) => {
    const known = keys.coolingDown;
    try {
      return await jwtVerify(token, keys, options({ algorithms: PUBLIC_KEY_ALGORITHMS, issuer, audience, clockTolerance: 5 }));
    } catch (error) {
      // Its provider may have the key since then.
      if (known && error instanceof errors.JWKSNoMatchingKey) throw new KeyNotFetched(error);
      throw error;
    }
  };
}

/** The token names a key that was not among its provider's, which were fetched a moment ago and are not fetched again yet. */
class KeyNotFetched extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

function explained(error: unknown, remote: boolean): Unauthenticated {
  const say = (message: string) => new Unauthenticated(message, 401, { cause: error });
  if (error instanceof errors.JWTExpired) return say('The token has expired. Ask for a new one.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return say('The token is for another audience than this server.');
    if (error.claim === 'iss') return say('The token was issued by another issuer than this server trusts.');
    if (error.claim === 'nbf') return say('The token is not valid yet.');
    return say(`The token's claim "${error.claim}" is missing or wrong.`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return say('The signature of the token is not one that this server trusts. It may be from another server, or its key replaced.');
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return say('The token is signed with an algorithm that this server does not accept.');
  const malformed = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported, errors.JWKSMultipleMatchingKeys];
  if (malformed.some((type) => error instanceof type)) return say('The token is malformed: it is not a signed JWT (JWS).');
  if (!remote) return say('The token is malformed.');
  if (error instanceof KeyNotFetched) {
    const message = 'The key that signed the token is not known yet: the keys of its issuer are fetched again in a moment. Try again then.';
    return new Unauthenticated(message, 503, { cause: error }, KEYS_COOLDOWN_MS / 1_000, false);
  }
  if (error instanceof TypeError && SHORT_KEY.test(error.message)) {
    return say('The token is signed with an RSA key of fewer than 2048 bits, which this server does not accept.');
  }
  return new Unauthenticated('The keys that verify tokens cannot be fetched now. Try again later.', 503, { cause: error });
}

const FIRST_TOKEN_DAYS = 30;

/** Which tokens are accepted, and the admin's token if this is the first start with a secret of our own. */
export async function openTrust(
  authentication: { readonly kind: 'local' } | Extract<Trust, { readonly kind: 'jwks' }>,
  dataDir: string,
  logger: Logger,
): Promise<{ readonly trust: Trust; readonly firstToken?: string }> {
  if (authentication.kind === 'jwks') return { trust: authentication };
  const secret = await openSecret(dataDir);
  if (secret.exposed) logger.warn({ file: secret.file }, 'others on this machine can read the secret: chmod 600 it');
  const trust: Trust = { kind: 'local', secret: secret.bytes };
  if (!secret.created) return { trust };
  const ttl = FIRST_TOKEN_DAYS * 24 * 3_600_000;
  return {
    trust,
    firstToken: await issueToken(secret.bytes, { subject: 'admin', kind: 'user', roles: { [ALL_PROJECTS]: ['admin'] }, ttlMs: ttl }),
  };
}
