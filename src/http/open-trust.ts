import type { Logger } from 'pino';
import { ALL_PROJECTS } from '../application/caller';
import type { Trust } from './authentication';
import { openSecret } from './secret';
import { issueToken } from './tokens';

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
