import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import WebSocket from 'ws';
import type { Drawn } from './requests';

/** What came of a request: its HTTP status (0: the connection was closed), and the codes of its errors. */
export interface Outcome {
  readonly status: number;
  readonly codes: readonly string[];
}

const CODE = /"code":"([A-Z_]+)"/g;
/** How long a client listens to what it follows, or to a server that says nothing, in milliseconds. */
const LISTEN_MS = 20;
/** What is looked at of an answer, in characters: codes stand at its beginning or its end. */
const LOOKED_AT = 50_000;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export function send(url: string, drawn: Drawn, token: string | undefined): Promise<Outcome> {
  if (drawn.way === 'socket') return overSocket(url, drawn, token);
  if (drawn.way === 'raw') return overTcp(url, drawn);
  return overHttp(url, drawn, token);
}

function overHttp(url: string, { way, path, headers, body }: Drawn, token: string | undefined): Promise<Outcome> {
  const follows = way === 'stream' || way === 'feed';
  const hasBody = way === 'post' || way === 'stream';
  return new Promise((resolve) => {
    const sent = httpRequest(`${url}${path}`, {
      agent: follows ? false : agent,
      method: hasBody ? 'POST' : 'GET',
      headers: {
        ...(hasBody ? { 'content-type': 'application/json', 'content-length': body.length } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
        ...(way === 'stream' ? { accept: 'text/event-stream' } : {}),
      },
    });
    sent.on('error', () => resolve({ status: 0, codes: [] }));
    sent.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const text = new Ends();
      response.on('data', (part: Buffer) => text.add(part));
      response.on('close', () => resolve({ status, codes: text.codes() }));
      if (follows) setTimeout(() => response.destroy(), LISTEN_MS);
    });
    sent.end(hasBody ? body : undefined);
  });
}

function overSocket(url: string, { body }: Drawn, token: string | undefined): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const texts: string[] = [];
    let listening: NodeJS.Timeout | undefined;
    const listen = (): void => void (listening ??= setTimeout(() => socket.terminate(), LISTEN_MS));
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init', payload: token === undefined ? {} : { authorization: `Bearer ${token}` } }));
    });
    socket.on('message', (data) => {
      const text = String(data as Buffer);
      texts.push(text.slice(0, 100_000));
      if (!text.includes('connection_ack')) return listen();
      // Once it has been sent: what the server says to it, it says soon.
      socket.send(body[0] === 0x7b ? `{"id":"1","type":"subscribe","payload":${body.toString()}}` : body, listen);
    });
    socket.on('error', () => {});
    socket.on('close', (code) => {
      clearTimeout(listening);
      resolve({ status: code === 1011 ? 500 : 0, codes: codesIn(texts.join('\n')) });
    });
  });
}

function overTcp(url: string, { body }: Drawn): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(body));
    let text = '';
    const timer = setTimeout(() => socket.destroy(), 10 * LISTEN_MS);
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), codes: codesIn(text) });
    });
  });
}

/** The beginning and the end of an answer, as far as they are looked at. */
class Ends {
  private readonly head: Buffer[] = [];
  private headBytes = 0;
  private tail: Buffer[] = [];
  private tailBytes = 0;

  add(part: Buffer): void {
    if (this.headBytes < LOOKED_AT) {
      this.head.push(part);
      this.headBytes += part.length;
      return;
    }
    this.tail.push(part);
    this.tailBytes += part.length;
    while (this.tailBytes - this.tail[0]!.length >= LOOKED_AT) this.tailBytes -= this.tail.shift()!.length;
  }

  codes(): string[] {
    return codesIn(Buffer.concat([...this.head, ...this.tail]).toString('latin1'));
  }
}

function codesIn(text: string): string[] {
  return [...new Set([...text.matchAll(CODE)].map(([, code]) => code as string))];
}
