import { z } from 'zod';
import { ALL_PROJECTS, type Caller, type Role, ROLES } from '../application/caller';
import { SignJWT } from 'jose';
import { GRANTED_PROJECT, SUBJECT, SUBJECT_ADVICE, type TokenRequest } from '../application/token-request';

/** Issuer and audience of the tokens that this server signs for itself. */
export const LOCAL = 'experience-ledger';
export const LOCAL_ALGORITHM = 'HS256';

/** A token signed by the local secret. It cannot be taken back before it ends: give short ones. */
export function issueToken(secret: Uint8Array, { subject, kind, name, roles, ttlMs: ttl }: TokenRequest): Promise<string> {
  const now = Date.now();
  return new SignJWT({ kind, roles, ...(name === undefined ? {} : { name }) })
    .setProtectedHeader({ alg: LOCAL_ALGORITHM, typ: 'JWT' })
    .setSubject(subject)
    .setIssuer(LOCAL)
    .setAudience(LOCAL)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + ttl) / 1_000))
    .sign(secret);
}

/** Longer than any name that is kept. */
const NAME_CHARACTERS = 1_000;

/** What a token must say, besides the issuer and audience that jose checks. */
const claims = z.object({
  sub: z.string().regex(SUBJECT, `must be ${SUBJECT_ADVICE}`),
  kind: z.enum(['user', 'service'], { error: 'must be "user" or "service"' }).default('user'),
  roles: z
    .record(
      z.string().regex(GRANTED_PROJECT, `keys must be project ids or "${ALL_PROJECTS}"`),
      z.array(z.enum(ROLES, { error: `must be a list of ${ROLES.join(', ')}` })).max(ROLES.length),
    )
    .default({}),
  exp: z.number(),
  iat: z.number().optional(),
  // A name that cannot be one is none: the token is as good without it.
  name: z.string().max(NAME_CHARACTERS).optional().catch(undefined),
});

/** The caller that verified claims describe, or what is wrong with them. */
export function callerOf(payload: unknown): Caller | string {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue?.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
    return `its claim ${issue?.path.join('.')}: ${key ?? issue?.message}`;
  }
  const { sub, kind, roles, exp, iat, name } = parsed.data;
  const grants = new Map(Object.entries(roles).map(([project, held]) => [project, new Set<Role>(held)]));
  const claimed = name === undefined || iat === undefined ? {} : { claimed: { name, at: iat * 1_000 } };
  return { actor: { id: sub, kind }, grants, expiresAt: exp * 1_000, ...claimed };
}
