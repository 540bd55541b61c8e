import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** What the parent says: send this text to everyone so many times, one after another. */
interface Broadcast {
  readonly text: string;
  readonly times: number;
}

/** The least that a broadcast can be: a `ws` server that sends the same bytes to every socket. Its parent tells it when, and may ask what memory it takes. */
function main(): void {
  const server = createServer();
  const sockets = new Set<WebSocket>();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  process.on('message', (message: Broadcast | 'memory') => {
    if (message === 'memory') {
      process.send?.(process.memoryUsage().rss);
      return;
    }
    const bytes = Buffer.from(message.text);
    for (let time = 0; time < message.times; time += 1) for (const socket of sockets) socket.send(bytes, { binary: false });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

main();
