import { z } from 'zod';
import { ALL_PROJECTS, ROLES, type Caller, type Role } from '../application/caller';

const PROJECT = /^(?:\*|[a-z][a-z0-9-]{1,62})$/;

/** What a token must say, besides the issuer and audience that jose checks. */
const claims = z.object({
  sub: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces'),
  kind: z.enum(['user', 'service'], { error: 'must be "user" or "service"' }).default('user'),
  roles: z
    .record(
      z.string().regex(PROJECT, `keys must be project ids or "${ALL_PROJECTS}"`),
      z.array(z.enum(ROLES, { error: `must be a list of ${ROLES.join(', ')}` })).max(ROLES.length),
    )
    .default({}),
  exp: z.number(),
});

/** The caller that verified claims describe, or what is wrong with them. */
export function callerOf(payload: unknown): Caller | string {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue?.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
    return `its claim ${issue?.path.join('.')}: ${key ?? issue?.message}`;
  }
  const { sub, kind, roles, exp } = parsed.data;
  const grants = new Map(Object.entries(roles).map(([project, held]) => [project, new Set<Role>(held)]));
  return { actor: { id: sub, kind }, grants, expiresAt: exp * 1_000 };
}
