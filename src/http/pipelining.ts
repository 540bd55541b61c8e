import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests of one connection may wait for the one before them. */
export const MOST_WAITING = 100;

/**
 * Begins the requests of a connection one after another. HTTP/1.1 lets a client send several at once (RFC 9112, section 9.3.2), and Node begins them all;
 * but if the connection is lost, it emits no `close` of those whose turn to answer has not come: whatever is let go of then would be kept for ever.
 * A connection on which too many wait is closed.
 */
export function oneByOne(begin: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    // A response has its socket when the ones before it have gone out.
    if (response.socket !== null) return begin(request, response);
    const count = waiting.get(socket) ?? 0;
    if (count === MOST_WAITING) return void socket.destroy();
    waiting.set(socket, count + 1);
    response.once('socket', () => {
      waiting.set(socket, waiting.get(socket)! - 1);
      begin(request, response);
    });
  };
}
