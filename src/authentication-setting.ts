import { z } from 'zod';
import { webUrl } from './setting-values';

/** Whose tokens are accepted, and where browsers sign in. */
export type AuthenticationSetting =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'jwks';
      readonly url: URL;
      readonly issuer: string;
      readonly audience: string;
      /** As what browsers sign in there; undefined: they do not. */
      readonly client?: { readonly clientId: string; readonly clientSecret: string | undefined };
    };

/** Reads one setting. */
export type Read = <T>(name: string, fallback: T, schema: z.ZodType<T, string>) => T;

/** Who signs tokens, and what is wrong with what was set for it. */
export function readAuthentication(read: Read, problems: string[]): AuthenticationSetting {
  const url = read('AUTH_JWKS_URL', undefined, webUrl);
  const issuer = read('AUTH_ISSUER', '', z.string());
  const audience = read('AUTH_AUDIENCE', '', z.string());
  const clientId = read('AUTH_CLIENT_ID', '', z.string());
  const clientSecret = read('AUTH_CLIENT_SECRET', undefined, z.string());
  if (clientId !== '' && !webUrl.safeParse(issuer).success) {
    problems.push(
      'AUTH_CLIENT_ID is set, so that AUTH_ISSUER must be the https: URL of the identity provider (http: only on this machine).',
    );
  }
  if (url !== undefined && issuer !== '' && audience !== '') {
    return { kind: 'jwks', url, issuer, audience, ...(clientId === '' ? {} : { client: { clientId, clientSecret } }) };
  }
  if (url !== undefined || issuer !== '' || audience !== '') {
    problems.push('AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE go together: set all three, or none to use the local secret.');
  }
  return { kind: 'local' };
}
