import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../application/caller';
import { IDLE_MS, type Sessions, type Session, SessionsUnavailable } from '../../sessions/sessions';
import { Unauthenticated } from '../authentication';
import type { SessionSigner, SignedSession } from './session-signer';

/** Where browsers find this server: as it is set, or as the request says, as far as proxies are trusted. */
interface Address {
  readonly publicUrl: URL | undefined;
  readonly trustedProxies: number;
}

/** The origin that our own pages have; undefined: the request names none that could be one. */
export function ownOrigin({ publicUrl, trustedProxies }: Address, { headers }: Request): string | undefined {
  if (publicUrl !== undefined) return publicUrl.origin;
  const said = (name: string): string | undefined => (trustedProxies > 0 ? saidByProxy(headers[name], trustedProxies) : undefined);
  const protocol = said('x-forwarded-proto') === 'https' ? 'https' : 'http';
  const host = said('x-forwarded-host') ?? headers.host ?? '';
  return URL.canParse(`${protocol}://${host}`) ? new URL(`${protocol}://${host}`).origin : undefined;
}

/** Whether a page of this server sent it. A request that a browser sends with a cookie says its origin. */
function isFromOwnPage(address: Address, request: Request): boolean {
  const { origin } = request.headers;
  return origin !== undefined && origin === ownOrigin(address, request);
}

/** Each proxy adds what it saw at the end: the outermost that is trusted says where the client was. */
function saidByProxy(header: string | string[] | undefined, trustedProxies: number): string | undefined {
  const values = String(header ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return values.at(-Math.min(trustedProxies, values.length));
}

/** What is asked with a cookie by a page of another origin, or in another way than our pages ask. */
export class ForeignRequest extends Error {
  readonly statusCode = 403;
}

/** A cookie is made anew when a request comes with one that is older than this, in milliseconds. */
const RENEWED_AFTER_MS = 5 * 60_000;

type Request = Pick<IncomingMessage, 'headers' | 'method'>;

export interface SessionParts {
  readonly sessions: Sessions;
  readonly signer: SessionSigner;
  readonly address: Address;
}

/** What a browser that is signed in is let do with its cookie alone. */
export class SessionAccess {
  readonly sessions: Sessions;
  readonly signer: SessionSigner;
  readonly address: Address;

  constructor(
    { sessions, signer, address }: SessionParts,
    private readonly now: () => number = Date.now,
  ) {
    [this.sessions, this.signer, this.address] = [sessions, signer, address];
  }

  /** The value of our cookie, not checked yet. */
  cookieIn(request: Request): string | undefined {
    const wanted = this.cookieName(request);
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === wanted) return pair.slice(at + 1).trim();
    }
    return undefined;
  }

  /**
   * A page of another origin could make a browser send its cookie: only what such a page cannot send is accepted. Throws `ForeignRequest`.
   */
  assertOwnRequest(request: Request): void {
    const { method, headers } = request;
    if (method !== 'POST' && method !== 'DELETE') throw new ForeignRequest('With the session of a browser only POST is allowed.');
    if (method === 'POST' && !/^application\/json\b/i.test(headers['content-type'] ?? '')) {
      throw new ForeignRequest('With the session of a browser the body must be JSON, with Content-Type: application/json.');
    }
    this.assertOwnOrigin(request);
  }

  isOwnPage(request: Request): boolean {
    return isFromOwnPage(this.address, request);
  }

  assertOwnOrigin(request: Request): void {
    if (this.isOwnPage(request)) return;
    throw new ForeignRequest(
      `Only pages of this server (${ownOrigin(this.address, request) ?? 'of an unknown address'}) may use the session of a browser. If this is its page, set PUBLIC_URL.`,
    );
  }

  /** The session of a cookie, if it has not ended. Rejects with `Unauthenticated`. */
  async authenticate(cookie: string): Promise<SignedSession> {
    const signed = await this.signer.read(cookie);
    const present = await this.sessions.isPresent(signed.caller.sessionId).catch((error: unknown) => {
      if (!(error instanceof SessionsUnavailable)) throw error;
      throw new Unauthenticated('Whether the session goes on cannot be found out now. Try again later.', 503, { cause: error });
    });
    if (!present) throw new Unauthenticated('The session has ended. Sign in again.');
    return signed;
  }

  /** Cuts off an answer that goes on when its session ends. */
  endWithSession({ sessionId }: Caller, response: ServerResponse): void {
    if (sessionId === undefined || response.closed) return;
    const unwatch = this.sessions.onEnd(sessionId, () => response.destroy());
    response.once('close', unwatch);
  }

  /** A header for a cookie that lasts longer; undefined: the one that was sent is new enough. */
  async renewed(request: Request, { caller, issuedAt, endsAt }: SignedSession): Promise<string | undefined> {
    if (this.now() - issuedAt < RENEWED_AFTER_MS) return undefined;
    const roles = Object.fromEntries([...caller.grants].map(([project, held]) => [project, [...held]]));
    return this.cookie(request, { id: caller.sessionId, actor: caller.actor, roles, endsAt });
  }

  /** The header that signs a browser in. */
  async cookie(request: Request, session: Pick<Session, 'id' | 'actor' | 'roles' | 'endsAt'>): Promise<string> {
    const { value, expiresAt } = await this.signer.sign(session);
    return this.setCookie(request, value, Math.max(0, Math.floor(Math.min(IDLE_MS, expiresAt - this.now()) / 1_000)));
  }

  /** The header that takes the cookie away. */
  noCookie(request: Request): string {
    return this.setCookie(request, '', 0);
  }

  isSecure(request: Request): boolean {
    return ownOrigin(this.address, request)?.startsWith('https:') ?? false;
  }

  /** Cookies do not know ports: the name tells ledgers on one machine apart. */
  private cookieName(request: Request): string {
    return `${this.isSecure(request) ? '__Host-' : ''}ledger-${this.signer.name}`;
  }

  private setCookie(request: Request, value: string, maxAgeSeconds: number): string {
    const secure = this.isSecure(request) ? '; Secure' : '';
    return `${this.cookieName(request)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
  }
}

export async function orUnavailable<Result>(asked: Promise<Result>): Promise<Result> {
  return asked.catch((error: unknown) => {
    if (!(error instanceof SessionsUnavailable)) throw error;
    throw new Unauthenticated('Sessions cannot be kept now, so that signing in and out has to wait. Try again later.', 503, {
      cause: error,
    });
  });
}
