import { SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ALL_PROJECTS, type Caller, type Role, ROLES } from '../application/caller';
import { GRANTED_PROJECT, SUBJECT, SUBJECT_ADVICE, type TokenRequest } from '../application/token-request';
import { createOnce } from '../files/private';

/** The local secret that signs tokens: with it any identity can be signed. */
export interface Secret {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** This call made it: it is the first start. */
  readonly created: boolean;
  /** Others on this machine can read it. */
  readonly exposed: boolean;
}

const SECRET_BYTES = 32;

export function secretFile(dataDir: string, name = 'secret'): string {
  return join(dataDir, name);
}

/** A secret of this data directory, by default the one that signs tokens; the first call makes it, complete or not at all, also when others try at the same time. */
export async function openSecret(dataDir: string, name?: string): Promise<Secret> {
  const created = await createOnce(secretFile(dataDir, name), randomBytes(SECRET_BYTES));
  return { ...(await readSecret(dataDir, name)), created };
}

/** The secret that is there. Never makes one: a token signed by a secret the server does not use would be of no use. */
export async function readSecret(dataDir: string, name?: string): Promise<Secret> {
  const file = secretFile(dataDir, name);
  const bytes = await readFile(file);
  if (bytes.length !== SECRET_BYTES) {
    throw new Error(
      `The secret in ${file} has ${bytes.length} bytes, not ${SECRET_BYTES}. Restore it, or remove it: the next start makes a new one.`,
    );
  }
  const { mode } = await stat(file);
  return { file, bytes, created: false, exposed: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}

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
  // A name that is not valid is ignored: the token is accepted without it.
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
