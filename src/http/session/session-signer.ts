import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Caller } from '../../application/caller';
import { IDLE_MS, type OneTimeCode, type Session } from '../../sessions/sessions';
import { Unauthenticated } from '../authentication';
import { callerOf, LOCAL, LOCAL_ALGORITHM } from '../tokens';

/** How long the code of a link is good for, in milliseconds. */
export const CODE_MS = 15 * 60_000;

/** A session as its cookie says it. */
export interface SignedSession {
  readonly caller: Caller & { readonly sessionId: string };
  /** When the cookie was made, and when the session ends at the latest, in UTC milliseconds. */
  readonly issuedAt: number;
  readonly endsAt: number;
}

/** Signs session cookies and the codes of links, by keys that are derived from the secret, so that none of them is a token, or one the other. */
export class SessionSigner {
  /** The same wherever the secret is; says nothing of it. */
  readonly name: string;
  private readonly sessionKey: Uint8Array;
  private readonly codeKey: Uint8Array;
  private readonly keptKey: Uint8Array;

  constructor(
    secret: Uint8Array,
    private readonly now: () => number = Date.now,
  ) {
    const derived = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, '', `experience-ledger ${purpose}`, 32));
    this.sessionKey = derived('session');
    this.codeKey = derived('code');
    this.keptKey = derived('kept');
    this.name = createHash('sha256').update(derived('name')).digest('hex').slice(0, 12);
  }

  /** The cookie's value, good for the time that a session may be idle, or until it ends. */
  async sign({
    id,
    actor,
    roles,
    endsAt,
  }: Pick<Session, 'id' | 'actor' | 'roles' | 'endsAt'>): Promise<{ value: string; expiresAt: number }> {
    const expiresAt = Math.min(this.now() + IDLE_MS, endsAt);
    const claims = { sid: id, kind: actor.kind, roles, end: endsAt };
    return { value: await this.signed(claims, this.sessionKey, actor.id, expiresAt), expiresAt };
  }

  /** Rejects with `Unauthenticated`. */
  async read(value: string): Promise<SignedSession> {
    const { payload } = await this.verified(value, this.sessionKey, 'The session has expired. Sign in again.');
    const caller = callerOf(payload);
    const { sid, end, iat } = payload;
    if (typeof caller === 'string' || typeof sid !== 'string' || typeof end !== 'number') throw new Unauthenticated('Sign in again.');
    return { caller: { ...caller, sessionId: sid }, issuedAt: (iat ?? 0) * 1_000, endsAt: end };
  }

  /** A new code, for a link that signs in once. */
  issueCode(): Promise<string> {
    return this.signed({ jti: randomBytes(12).toString('base64url') }, this.codeKey, 'link', this.now() + CODE_MS);
  }

  /** Rejects with `Unauthenticated` if it is none of ours, or too old. */
  async readCode(code: string): Promise<OneTimeCode> {
    const { payload } = await this.verified(code, this.codeKey, LINK_IS_OLD);
    const { jti = '', iat = 0, exp = 0 } = payload;
    return { id: jti, issuedAt: iat * 1_000, expiresAt: exp * 1_000 };
  }

  /** What a browser is to keep for us, as it is, for a while. */
  seal(kept: Record<string, unknown>, expiresAt: number): Promise<string> {
    return this.signed({ kept }, this.keptKey, 'kept', expiresAt);
  }

  /** What was sealed. Rejects with `Unauthenticated`. */
  async open(sealed: string): Promise<unknown> {
    return (await this.verified(sealed, this.keptKey, 'The sign-in took too long. Try again.')).payload['kept'];
  }

  private signed(claims: Record<string, unknown>, key: Uint8Array, subject: string, expiresAt: number): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: LOCAL_ALGORITHM })
      .setSubject(subject)
      .setIssuer(LOCAL)
      .setIssuedAt(Math.floor(this.now() / 1_000))
      .setExpirationTime(Math.floor(expiresAt / 1_000))
      .sign(key);
  }

  private async verified(value: string, key: Uint8Array, refusal: string): ReturnType<typeof jwtVerify> {
    const options = { algorithms: [LOCAL_ALGORITHM], issuer: LOCAL, requiredClaims: ['sub', 'exp'], currentDate: new Date(this.now()) };
    return jwtVerify(value, key, options).catch((error: unknown) => {
      throw new Unauthenticated(refusal, 401, { cause: error });
    });
  }
}

export const LINK_IS_OLD =
  'This link has been used, or is older than 15 minutes. A new one: bin/experience-ledger open, where the server runs.';
