import { SignJWT } from 'jose';
import type { Actor } from '../domain/event';
import type { Role } from '../application/caller';

/** Issuer and audience of the tokens that this server signs for itself. */
export const LOCAL = 'experience-ledger';
export const LOCAL_ALGORITHM = 'HS256';

export interface TokenRequest {
  readonly subject: string;
  readonly kind: Actor['kind'];
  /** Roles by project id, or by `*` for every project. */
  readonly roles: Readonly<Record<string, readonly Role[]>>;
  /** How long it is valid, in milliseconds. */
  readonly ttl: number;
}

/** A token signed by the local secret. It cannot be taken back before it ends: give short ones. */
export function issueToken(secret: Uint8Array, { subject, kind, roles, ttl }: TokenRequest): Promise<string> {
  const now = Date.now();
  return new SignJWT({ kind, roles })
    .setProtectedHeader({ alg: LOCAL_ALGORITHM, typ: 'JWT' })
    .setSubject(subject)
    .setIssuer(LOCAL)
    .setAudience(LOCAL)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + ttl) / 1_000))
    .sign(secret);
}
