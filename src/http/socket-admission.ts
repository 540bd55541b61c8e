import { tokenOf, type Caller } from '../application/caller';

/** How many sockets may be open. */
export interface SocketLimits {
  /** The most sockets of clients that have identified themselves. */
  readonly all: number;
  /** The most of those with one token. */
  readonly perToken: number;
}

/** What is closed to make room for a newcomer. */
interface Closable {
  close(code: number, reason: string): void;
}

const TRY_AGAIN = 1013;
/** Sockets of clients that have not identified themselves, beside the others: at most this many, and a quarter of the others. */
export const MOST_UNIDENTIFIED = 1_000;

/**
 * Counts sockets, so that no client can take those of others: with one token, or without any. Those that are not identified have a bound of their own; when it
 * is reached the oldest goes, since an honest client identifies itself in milliseconds.
 */
export class SocketAdmission {
  private readonly unidentified = new Set<Closable>();
  private readonly byToken = new Map<string, number>();
  private readonly tokens = new Map<Closable, string>();
  private readonly mostUnidentified: number;

  constructor(private readonly limits: SocketLimits) {
    this.mostUnidentified = Math.min(MOST_UNIDENTIFIED, Math.ceil(limits.all / 4));
  }

  /** Whether a client that connects now could be admitted once it has identified itself. */
  get hasRoom(): boolean {
    return this.tokens.size < this.limits.all;
  }

  connected(socket: Closable): void {
    if (this.unidentified.size >= this.mostUnidentified) {
      const [oldest] = this.unidentified;
      if (oldest !== undefined) {
        this.unidentified.delete(oldest);
        oldest.close(TRY_AGAIN, 'Too many clients connect at once: try again in a moment');
      }
    }
    this.unidentified.add(socket);
  }

  /** Counts it to its token from now on. Answers false, and closes it, if there is no room. */
  identified(socket: Closable, caller: Caller): boolean {
    this.unidentified.delete(socket);
    const token = tokenOf(caller);
    const count = this.byToken.get(token) ?? 0;
    if (count >= this.limits.perToken) {
      socket.close(TRY_AGAIN, `This token has ${count} sockets open, which is the limit (SUBSCRIPTIONS_PER_TOKEN)`);
      return false;
    }
    if (!this.hasRoom) {
      socket.close(TRY_AGAIN, 'Too many sockets are open (SUBSCRIPTION_LIMIT): try again in a moment');
      return false;
    }
    this.byToken.set(token, count + 1);
    this.tokens.set(socket, token);
    return true;
  }

  gone(socket: Closable): void {
    this.unidentified.delete(socket);
    const token = this.tokens.get(socket);
    if (token === undefined) return;
    this.tokens.delete(socket);
    const left = (this.byToken.get(token) ?? 1) - 1;
    if (left === 0) this.byToken.delete(token);
    else this.byToken.set(token, left);
  }
}
