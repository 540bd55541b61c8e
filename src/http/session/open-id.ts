import type * as OpenId from 'openid-client';
import { z } from 'zod';
import { Unauthenticated } from '../authentication';
import { callerOf } from '../tokens';
import type { Caller } from '../../application/caller';

/** What is set up at the identity provider for this server. */
export interface OpenIdSetting {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client, by PKCE alone. */
  readonly clientSecret: string | undefined;
}

/** What must be known again when the browser comes back, and stays between it and this server. */
export interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** The path that the person wanted to see. */
  readonly path: string;
}
export const begun: z.ZodType<Begun> = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), path: z.string() });

/** For how long the provider's description is cached, in milliseconds. */
const DESCRIPTION_MS = 3_600_000;
const TIMEOUT_SECONDS = 5;

/** Signing in at an identity provider: OpenID Connect's code flow with PKCE. Tokens stay in the server, and are not kept. */
export class OpenIdSignIn {
  private described: { readonly at: number; readonly configuration: Promise<OpenId.Configuration> } | undefined;

  constructor(private readonly setting: OpenIdSetting) {}

  /** Where the browser is to go, and what must be known when it is back. Rejects with `Unauthenticated` while the provider does not answer. */
  async begin(redirectUri: string, path: string): Promise<{ readonly url: URL; readonly begun: Begun }> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } = library();
    const known = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), path };
    const url = buildAuthorizationUrl(await this.configuration(), {
      redirect_uri: redirectUri,
      // The profile has the name.
      scope: 'openid profile',
      state: known.state,
      nonce: known.nonce,
      code_challenge: await calculatePKCECodeChallenge(known.verifier),
      code_challenge_method: 'S256',
    });
    return { url, begun: known };
  }

  /** Who signed in, by the claims of the ID token. Rejects with `Unauthenticated`. */
  async finish(address: URL, { state, nonce, verifier }: Begun): Promise<Caller> {
    const configuration = await this.configuration();
    const tokens = await library()
      .authorizationCodeGrant(configuration, address, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier })
      .catch((error: unknown) => {
        throw new Unauthenticated('The identity provider did not sign you in. Try again.', 401, { cause: error });
      });
    const caller = callerOf(tokens.claims());
    if (typeof caller === 'string') throw new Unauthenticated(`The identity provider’s ID token is not one for this server: ${caller}.`);
    return caller;
  }

  private configuration(): Promise<OpenId.Configuration> {
    const known = this.described;
    if (known !== undefined && performance.now() - known.at < DESCRIPTION_MS) return known.configuration;
    const configuration = this.discover();
    const described = { at: performance.now(), configuration };
    this.described = described;
    configuration.catch(() => {
      if (this.described === described) this.described = undefined;
    });
    return configuration;
  }

  private async discover(): Promise<OpenId.Configuration> {
    const { allowInsecureRequests, ClientSecretPost, discovery, enableNonRepudiationChecks, None } = library();
    const { issuer, clientId, clientSecret } = this.setting;
    const url = new URL(issuer);
    const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret);
    // The settings allow http: on this machine alone.
    const execute = [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])];
    return discovery(url, clientId, undefined, authentication, { execute, timeout: TIMEOUT_SECONDS }).catch((error: unknown) => {
      throw new Unauthenticated('The identity provider does not answer now. Try again later.', 503, { cause: error });
    });
  }
}

/** Loaded at the first sign-in: most servers never need it. */
function library(): typeof OpenId {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('openid-client') as typeof OpenId;
}
