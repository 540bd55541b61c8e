import type { FastifyInstance } from 'fastify';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { longerThan } from '../domain/text';
import { AnswerBudget, type OutgoingBytes } from './answer-budget';
import type { Authenticate } from './authentication';
import { ignoreUpgrade } from './connections';
import { GraphqlSocket, type SocketTimes, type UpgradeCredentials } from './graphql-socket';
import type { MakeContext } from './graphql-route';
import type { OperationGate } from './operation-gate';
import { limitExceeded } from './query-limits';
import type { SharedExecution } from './shared-execution';
import type { SessionAccess } from './session/session-access';
import { SocketAdmission } from './socket-admission';

export interface SocketParts<Context> {
  readonly gate: OperationGate;
  readonly execution: SharedExecution;
  readonly outgoing: OutgoingBytes;
  readonly context: MakeContext<Context>;
  readonly authenticate: Authenticate;
  readonly sessionAccess?: SessionAccess;
  readonly logger: Logger;
  /** Bytes of one message. */
  readonly messageLimitBytes: number;
  /** How many sockets of identified clients may be open at once, and how many of one token. */
  readonly socketLimit: number;
  readonly socketsPerToken: number;
  readonly socketTimes?: Partial<SocketTimes>;
}

const CLOSED_WITHIN_MS = 1_000;
/** Bytes of one message: a document with every character escaped, and its variables. */
export const MESSAGE_BYTES = 262_144;
/** Characters of an operation's id, which is kept as long as its subscription. */
export const MAX_ID_CHARACTERS = 128;

/**
 * Subscriptions over WebSocket at /graphql, by the protocol graphql-transport-ws, on the server's own port. What a client may do is decided by the
 * same authentication, limits and error policy as over HTTP.
 */
export function graphqlSockets<Context>(server: FastifyInstance, parts: SocketParts<Context>): { goAway(): Promise<void> } {
  const sockets = new Set<GraphqlSocket>();
  const admission = new SocketAdmission({ all: parts.socketLimit, perToken: parts.socketsPerToken });
  const protocol = makeServer<Record<string, unknown>, GraphqlSocket>(serverOptions(parts, admission));
  const accepting = new WebSocketServer({
    noServer: true,
    maxPayload: Math.min(parts.messageLimitBytes, MESSAGE_BYTES),
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols,
  });
  let closing = false;

  /** On its own, so that nothing of the request stays with the socket. */
  const accept = (webSocket: WebSocket, duplex: Duplex, readBefore: number, credentials: UpgradeCredentials): void => {
    const socket = new GraphqlSocket(webSocket, credentials, randomUUID(), parts.logger, parts.outgoing, parts.socketTimes);
    sockets.add(socket);
    admission.connected(socket);
    socket.limitUntilIdentified(duplex as Socket, readBefore);
    const closed = protocol.opened(socket.protocolSide(), socket);
    webSocket.once('close', (code, reason) => {
      sockets.delete(socket);
      admission.gone(socket);
      socket.gone();
      closed(code, String(reason)).catch((error: unknown) => parts.logger.error({ err: error }, 'a socket could not be let go'));
    });
  };

  server.server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return ignoreUpgrade(server.server, request, duplex, head);
    duplex.on('error', () => duplex.destroy());
    if (request.url?.split('?', 1)[0] !== '/graphql') return turnAway(duplex, 404);
    if (closing || !admission.hasRoom) return turnAway(duplex, 503);
    const readBefore = (duplex as Socket).bytesRead - head.length;
    const credentials = credentialsOf(request, parts.sessionAccess);
    if (credentials === undefined) return turnAway(duplex, 403);
    accepting.handleUpgrade(request, duplex, head, (webSocket) => accept(webSocket, duplex, readBefore, credentials));
  });

  return {
    goAway: async () => {
      closing = true;
      const all = [...sockets];
      for (const socket of all) socket.close(1001, 'The server is going away: connect again, and go on after your last cursor');
      await Promise.all(all.map((socket) => socket.closed(CLOSED_WITHIN_MS)));
    },
  };
}

/** Undefined: a page of another origin would use the session of the browser that it is shown in. */
function credentialsOf(request: IncomingMessage, sessions: SessionAccess | undefined): UpgradeCredentials | undefined {
  const { authorization } = request.headers;
  const cookie = authorization === undefined ? sessions?.cookieIn(request) : undefined;
  if (cookie === undefined) return { authorization };
  return sessions?.isOwnPage(request) === true ? { cookie } : undefined;
}

function serverOptions<Context>(
  { gate, execution, outgoing, context, authenticate, sessionAccess, logger, socketTimes }: SocketParts<Context>,
  admission: SocketAdmission,
): ServerOptions<Record<string, unknown>, GraphqlSocket> {
  return {
    connectionInitWaitTimeout: socketTimes?.init ?? 3_000,
    onConnect: async (connection) => {
      const { extra, connectionParams } = connection;
      // They would be kept as long as the socket.
      (connection as { connectionParams?: unknown }).connectionParams = undefined;
      return (await extra.identify(authenticate, connectionParams, sessionAccess)) && admission.identified(extra, extra.caller);
    },
    onSubscribe: ({ extra }, id, payload) => {
      if (longerThan(id, MAX_ID_CHARACTERS)) return [limitExceeded(`The id of an operation has at most ${MAX_ID_CHARACTERS} characters.`)];
      const admitted = gate.admit(payload);
      // The protocol keeps the message as long as the subscription.
      Object.assign(payload, { query: '', variables: undefined, extensions: undefined, operationName: undefined });
      if (Array.isArray(admitted)) return admitted;
      const requestId = `${extra.id}.${(extra.operations += 1)}`;
      const contextValue = context(extra.caller, requestId, new AnswerBudget(outgoing), (ended) => extra.feedEnded(ended));
      return { ...(admitted as ExecutionArgs), contextValue };
    },
    subscribe: (args) => execution.subscribe(args as unknown as ExecutionArgs) as never,
    onNext: ({ extra }, _id, _payload, _args, result): ExecutionResult | undefined => {
      if (result.errors === undefined) return undefined;
      return { ...result, errors: gate.publicErrors(result.errors as never, extra.id) as never };
    },
    onError: ({ extra }, _id, _payload, errors) => gate.publicErrors(errors as never, extra.id) as never,
    onClose: (_context, code) => logger.debug({ code }, 'a socket was closed'),
  };
}

/** In HTTP, since there is no socket yet. */
function turnAway(duplex: Duplex, status: number): void {
  duplex.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n`);
}
