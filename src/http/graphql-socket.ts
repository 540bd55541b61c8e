import type { WebSocket as ProtocolSide } from 'graphql-ws';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { Caller } from '../application/caller';
import { atTime } from '../concurrency/timers';
import type { Ended, EndCode } from '../feed/item';
import { LARGE_CHARACTERS, type OutgoingBytes } from './answer-budget';
import { Unauthenticated, type Authenticate } from './authentication';
import { MessageSender } from './message-sender';
import type { SessionAccess } from './session/session-access';

/** How long things may take, in milliseconds. */
export interface SocketTimes {
  /** Until the client has said who it is. */
  readonly init: number;
  /** Between two pings; who has not answered one by the next is gone. */
  readonly ping: number;
  /** Until a socket that was closed is destroyed, if the client does not answer. */
  readonly graceMs: number;
}

/** The close codes that are ours, beside those of the protocol. Clients connect again after all but the first. */
const CLOSE = { unauthenticated: 4401, expired: 4441, slow: 4440, goingAway: 1001, tooLarge: 1009, tryAgain: 1013 } as const;
/** What may wait for a client in one socket, in bytes. */
export const HIGH_WATER_BYTES = 1024 * 1024;
/** What a client may send before it has identified itself, in bytes: a token has 8 KiB at most. */
export const FIRST_BYTES = 16_384;
/** How long a client that has not identified itself may take to answer a close, in milliseconds. */
const UNIDENTIFIED_GRACE_MS = 500;
const MAX_REASON_BYTES = 123;
export const TIMES: SocketTimes = { init: 3_000, ping: 15_000, graceMs: 5_000 };

/** Why the feed ended a subscription, where that is a matter of the whole connection: clients then connect again, with what they have. */
const CONNECTION_MATTERS: Partial<Readonly<Record<EndCode, readonly [number, string]>>> = {
  SLOW_CONSUMER: [CLOSE.slow, 'Nothing was read'],
  UNAUTHENTICATED: [CLOSE.expired, 'The token has expired'],
  GOING_AWAY: [CLOSE.goingAway, 'The server is going away'],
};

/** What the request of a connection said of its client. */
export interface UpgradeCredentials {
  readonly authorization?: string | undefined;
  /** The session of a browser, if one of our own pages asks. */
  readonly cookie?: string | undefined;
}

/** One WebSocket and its client. */
export class GraphqlSocket {
  caller: Caller;
  private isIdentified = false;
  /** How many operations it has begun. */
  operations = 0;
  private readonly times: SocketTimes;
  private readonly pinging: NodeJS.Timeout;
  private expiring: NodeJS.Timeout | undefined;
  private unwatch = (): void => {};
  private answered = true;
  private readonly messages: MessageSender;

  constructor(
    private readonly socket: WebSocket,
    private upgrade: UpgradeCredentials | undefined,
    readonly id: string,
    private readonly logger: Logger,
    private readonly outgoing: OutgoingBytes,
    times: Partial<SocketTimes> = {},
  ) {
    this.times = { ...TIMES, ...times };
    // A client that is gone is no fault: its socket closes itself.
    this.messages = new MessageSender(socket, (error) => logger.debug({ err: error, requestId: id }, 'a message could not be sent'));
    // A message over the limit, bytes that are no frame: the socket closes itself with the code for it.
    socket.on('error', (error) => logger.debug({ err: error, requestId: id }, 'a socket failed'));
    socket.on('pong', () => (this.answered = true));
    this.pinging = setInterval(() => this.ping(), this.times.ping).unref();
  }

  /** Closes the socket if the client sends more than its first message takes; `readBefore` is what the connection had brought before it. */
  limitUntilIdentified(connection: Socket, readBefore: number): void {
    const check = (): void => {
      if (this.isIdentified) return void connection.off('data', check);
      if (connection.bytesRead - readBefore <= FIRST_BYTES) return;
      connection.off('data', check);
      this.close(CLOSE.tooLarge, `Before connection_ack a client may send at most ${FIRST_BYTES} bytes`);
    };
    // Before the protocol's own, so that nothing of too large a message is looked at.
    connection.prependListener('data', check);
  }

  /** What graphql-ws works with. A message has been sent when it has left this process, so that anyone who sends the next one waits for the client. */
  protocolSide(): ProtocolSide {
    const { socket } = this;
    return {
      protocol: socket.protocol,
      send: (data) => this.send(data),
      close: (code, reason) => this.close(code ?? 1000, reason ?? ''),
      onMessage: (handle) => {
        socket.on('message', (data) => {
          handle(String(data)).catch((error: unknown) => {
            if (socket.readyState !== socket.OPEN) return;
            this.logger.error({ err: error, requestId: this.id }, 'a message could not be handled');
            this.close(1011, 'Something went wrong in the server');
          });
        });
      },
    };
  }

  private async send(data: string): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > HIGH_WATER_BYTES) {
      return this.close(CLOSE.slow, 'Too much waits to be read: go on after your last cursor');
    }
    const counted = data.length > LARGE_CHARACTERS ? data.length : 0;
    if (!this.outgoing.take(counted)) {
      return this.close(CLOSE.tryAgain, 'Too many large answers are under way: go on after your last cursor');
    }
    await this.messages.send(data);
    this.outgoing.give(counted);
  }

  /**
   * By the token in `connectionParams` or in the header of the upgrade, or without one by the session of the browser. Answers false if the connection is
   * closed for it, or was closed meanwhile.
   */
  async identify(
    authenticate: Authenticate,
    params: Readonly<Record<string, unknown>> | undefined,
    sessions?: SessionAccess,
  ): Promise<boolean> {
    const { authorization, cookie } = this.upgrade ?? {};
    this.upgrade = undefined;
    const given = params?.['authorization'] ?? params?.['Authorization'] ?? authorization;
    try {
      if (given === undefined && cookie !== undefined && sessions !== undefined) this.caller = (await sessions.authenticate(cookie)).caller;
      else this.caller = await authenticate(typeof given === 'string' ? given : undefined);
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      this.close(error.status === 503 ? CLOSE.tryAgain : CLOSE.unauthenticated, error.message);
      return false;
    }
    // What it holds was let go when it closed: nothing may be taken after that.
    if (this.socket.readyState !== this.socket.OPEN) return false;
    this.isIdentified = true;
    this.endWithSession(sessions);
    this.expiring = atTime(this.caller.expiresAt, () => this.close(CLOSE.expired, 'The token has expired: connect again with a new one'));
    return true;
  }

  private endWithSession(access: SessionAccess | undefined): void {
    const { sessionId } = this.caller;
    if (access === undefined || sessionId === undefined) return;
    this.unwatch = access.sessions.onEnd(sessionId, () => this.close(CLOSE.unauthenticated, 'The session has ended: sign in again'));
  }

  feedEnded({ code, cursor }: Ended): void {
    const matter = CONNECTION_MATTERS[code];
    if (matter === undefined) return;
    const [closeCode, words] = matter;
    const reason = `${words}: go on after ${cursor ?? 'the beginning'}`;
    this.close(closeCode, reason.length <= MAX_REASON_BYTES ? reason : `${words}: go on after your last cursor`);
  }

  close(code: number, reason: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.close(code, fitting(reason));
    const graceMs = this.isIdentified ? this.times.graceMs : Math.min(UNIDENTIFIED_GRACE_MS, this.times.graceMs);
    setTimeout(() => this.socket.terminate(), graceMs).unref();
  }

  /** Resolves when it is closed, by force if that takes longer. */
  async closed(timeoutMs: number): Promise<void> {
    const { socket } = this;
    if (socket.readyState === socket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => socket.terminate(), timeoutMs);
      socket.once('close', () => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  gone(): void {
    clearInterval(this.pinging);
    clearTimeout(this.expiring);
    this.unwatch();
  }

  private ping(): void {
    if (!this.answered) return this.socket.terminate();
    this.answered = false;
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }
}

/** A close reason has at most 123 bytes. */
function fitting(reason: string): string {
  let fit = reason;
  while (Buffer.byteLength(fit) > MAX_REASON_BYTES) fit = fit.slice(0, -1);
  return fit;
}
