import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ActorNameStore } from '../actors/actor-names';
import { FileActorNames } from '../actors/file-actor-names';
import type { Caller } from '../application/caller';
import type { TokenRequest } from '../application/token-request';
import type { Trust, Authenticate } from '../http/authentication';
import type { Routes } from '../http/routes';
import { OpenIdSignIn } from '../http/session/open-id';
import { SessionAccess } from '../http/session/session-access';
import { sessionRoutes } from '../http/session/session-routes';
import { SessionSigner } from '../http/session/session-signer';
import { issueToken, openSecret } from '../http/tokens';
import { FileSessions } from '../sessions/file-sessions';
import { Sessions, type SessionStore } from '../sessions/sessions';
import type { Settings } from '../settings';

/** How browsers sign in. */
export interface SignIn {
  readonly access: SessionAccess;
  /** The code of a link that signs in once; undefined: an identity provider signs, and this server no links. */
  issueCode(): Promise<string | undefined>;
  routes(authenticate: Authenticate): Routes;
}

/** `signedIn` is called with each caller that an identity provider has authenticated. Sessions are kept where instances share them: in Redis, if the read model is there, else in DATA_DIR. */
export async function openSignIn(settings: Settings, trust: Trust, logger: Logger, signedIn: (caller: Caller) => void): Promise<SignIn> {
  const signer = new SessionSigner(trust.kind === 'local' ? trust.secret : (await openSecret(settings.dataDir, 'session-secret')).bytes);
  const sessions = new Sessions(await openStore(settings, signer.name), logger);
  const access = new SessionAccess({ sessions, signer, address: settings });
  const { authentication } = settings;
  const openId =
    authentication.kind === 'jwks' && authentication.client !== undefined
      ? new OpenIdSignIn({ issuer: authentication.issuer, ...authentication.client })
      : undefined;
  const signsLinks = trust.kind === 'local';
  return {
    access,
    issueCode: async () => (signsLinks ? signer.issueCode() : undefined),
    routes: (authenticate) => sessionRoutes({ access, authenticate, signsLinks, openId, signedIn }),
  };
}

/** Signs tokens for an admin, and logs that the admin had it done; undefined: an identity provider signs them. */
export function tokenIssuer(trust: Trust, { actor }: Caller, logger: Logger): ((request: TokenRequest) => Promise<string>) | undefined {
  if (trust.kind !== 'local') return undefined;
  return (request) => {
    const { subject, kind, roles, ttlMs } = request;
    logger.info({ actor, subject, kind, roles, ttlMs }, 'a token is issued');
    return issueToken(trust.secret, request);
  };
}

async function openStore({ readModel, dataDir }: Settings, name: string): Promise<SessionStore> {
  if (readModel.kind === 'memory') return new FileSessions(join(dataDir, 'sessions'));
  // Loaded here, as all of what asks a Redis is. `require`: `import()` would stay an ES import in our CommonJS output.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RedisSessions } = require('../sessions/redis-sessions') as typeof import('../sessions/redis-sessions');
  return RedisSessions.open(readModel.address, name);
}

/** Names are kept where instances share them: in Redis, if the read model is there, else in DATA_DIR. */
export async function openActorNames({ readModel, dataDir }: Settings, ledgerId: () => Promise<string>): Promise<ActorNameStore> {
  if (readModel.kind === 'memory') return new FileActorNames(join(dataDir, 'actors'));
  // Loaded here, as all of what asks a Redis is. `require`: `import()` would stay an ES import in our CommonJS output.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RedisActorNames } = require('../actors/redis-actor-names') as typeof import('../actors/redis-actor-names');
  return RedisActorNames.open(readModel.address, ledgerId);
}
