import type { Actor } from '../domain/event';
import type { Problem } from '../domain/refusal';
import { checkName } from '../domain/text';
import { ROLES, type Role } from './caller';

/** What a token is to say. */
export interface TokenRequest {
  readonly subject: string;
  readonly kind: Actor['kind'];
  /** What the bearer is called. It is kept outside the ledger, where it can be erased. */
  readonly name?: string | undefined;
  /** Roles by project id, or by `*` for every project. */
  readonly roles: Readonly<Record<string, readonly Role[]>>;
  /** How long it is valid, in milliseconds. */
  readonly ttlMs: number;
}

/** A subject is in the ledger for ever, and tokens carry it. */
export const SUBJECT = /^[\x21-\x7e]{1,200}$/;
/** A project's id, or all of them. */
export const GRANTED_PROJECT = /^(?:\*|[a-z][a-z0-9-]{1,62})$/;
export const SHORTEST_TOKEN_MS = 1_000;
export const LONGEST_TOKEN_MS = 10 * 365 * 24 * 3_600_000;
/** With more of them a token could be longer than a header that is accepted. */
const PROJECTS_OF_A_TOKEN = 40;

export const SUBJECT_ADVICE = '1 to 200 printable ASCII characters without spaces';
export const PROJECT_ADVICE = 'A project id is 2 to 63 of a-z, 0-9 and "-", the first a letter; "*" is every project.';

/** All that is wrong with what a token is to say, each at the field of a request by that name. */
export function tokenProblems(request: Omit<TokenRequest, 'ttlMs' | 'roles'> & Grants, { ttlMs }: Pick<TokenRequest, 'ttlMs'>): Problem[] {
  const { subject, name, roles } = request;
  return [
    ...(SUBJECT.test(subject) ? [] : [{ path: 'subject', message: `must be ${SUBJECT_ADVICE}` }]),
    ...(name === undefined ? [] : checkName(name, 'name')),
    ...rolesProblems(roles),
    ...(ttlMs >= SHORTEST_TOKEN_MS && ttlMs <= LONGEST_TOKEN_MS
      ? []
      : [{ path: 'expiresAt', message: 'must be within the next 10 years' }]),
  ];
}

interface Grants {
  readonly roles: readonly { readonly projectId: string; readonly roles: readonly Role[] }[];
}

function rolesProblems(roles: Grants['roles']): Problem[] {
  if (roles.length === 0) return [{ path: 'roles', message: 'must name a role: without one a token lets its bearer do nothing' }];
  if (roles.length > PROJECTS_OF_A_TOKEN) {
    return [{ path: 'roles', message: `must name at most ${PROJECTS_OF_A_TOKEN} projects, or "*" for every one` }];
  }
  const ids = roles.map(({ projectId }) => projectId);
  return roles.flatMap(({ projectId, roles: held }, at) => [
    ...(GRANTED_PROJECT.test(projectId) ? [] : [{ path: `roles.${at}.projectId`, message: PROJECT_ADVICE }]),
    ...(ids.indexOf(projectId) === at ? [] : [{ path: `roles.${at}.projectId`, message: 'is named before: list its roles together' }]),
    ...(held.length > 0 && held.length <= ROLES.length ? [] : [{ path: `roles.${at}.roles`, message: 'must name each role once' }]),
  ]);
}
