import { extname, join } from 'node:path';
import { Worker, type MessagePort } from 'node:worker_threads';

/** What a thread can be asked for: each call takes one argument and answers a value, or a promise of one; both are copied between the threads. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>;

/** What carries messages to a thread and back: a `Worker`, or, in tests, a port whose other end is in the same thread. */
export type Channel = Pick<Worker, 'postMessage' | 'ref' | 'unref'> & {
  on(event: 'message', listener: (reply: Reply) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
};

interface Request {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** Asks the thread to end by itself. */
const END = { end: true } as const;

type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: Failure });

/** An error as it crosses threads: its class does not. */
interface Failure {
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The thread ended before it answered: whether it did what it was asked is not known. */
export class ThreadLost extends Error {}

/**
 * Calls into a thread of its own, which is started by the first of them, and again by the next one after it was lost. Calls are begun in their
 * order. It keeps the process alive only while a call is under way.
 */
export class Thread<C extends Calls> {
  private channel: Channel | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(private readonly open: () => Channel) {}

  /** Rejects with the call's own error, whose message and `code` are kept, or with `ThreadLost`. */
  call<Name extends keyof C & string>(name: Name, argument: Parameters<C[Name]>[0]): Promise<Awaited<ReturnType<C[Name]>>> {
    return new Promise((resolve, reject) => {
      const channel = this.started();
      if (this.waiting.size === 0) channel.ref();
      this.last += 1;
      this.waiting.set(this.last, { resolve: resolve as (result: unknown) => void, reject });
      channel.postMessage({ id: this.last, name, argument } satisfies Request);
    });
  }

  /** Starts the thread ahead of its first call. */
  start(): void {
    this.started();
  }

  get isStarted(): boolean {
    return this.channel !== undefined;
  }

  /**
   * Ends the thread after what it does at the moment; calls that wait for a promise in it reject with `ThreadLost`. It ends by itself: native code
   * in a thread that is terminated from outside ends the whole process.
   */
  async end(): Promise<void> {
    const { channel } = this;
    if (channel === undefined) return;
    channel.ref();
    const ended = new Promise<void>((resolve) => channel.on('exit', resolve));
    channel.postMessage(END);
    await ended;
  }

  private started(): Channel {
    if (this.channel !== undefined) return this.channel;
    const channel = this.open();
    let reason: Error | undefined;
    channel.on('message', (reply) => this.settle(channel, reply));
    channel.on('error', (error) => (reason = error));
    channel.on('exit', () => this.lose(channel, reason));
    channel.unref();
    return (this.channel = channel);
  }

  private settle(channel: Channel, reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (this.waiting.size === 0) channel.unref();
    if ('result' in reply) waiting?.resolve(reply.result);
    else waiting?.reject(Object.assign(new Error(reply.error.message), reply.error));
  }

  private lose(channel: Channel, reason: Error | undefined): void {
    if (this.channel !== channel) return;
    this.channel = undefined;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    const error = new ThreadLost(`a thread ended before it answered${reason === undefined ? '' : `: ${reason.message}`}`, {
      cause: reason,
    });
    for (const { reject } of lost) reject(error);
  }
}

/** Answers the calls that come over the port, in the thread that this is. */
export function serve(port: Pick<MessagePort, 'on' | 'postMessage' | 'close'>, calls: Calls): void {
  port.on('message', (message: Request | typeof END) => {
    if ('end' in message) return port.close();
    const { id, name, argument } = message;
    const answer = (reply: Reply): void => port.postMessage(reply);
    const fail = (error: unknown): void => {
      const { message, code, stack } = error as NodeJS.ErrnoException;
      answer({ id, error: { message, code, stack } });
    };
    try {
      const result = (calls[name] as (argument: unknown) => unknown)(argument);
      if (result instanceof Promise) result.then((value) => answer({ id, result: value }), fail);
      else answer({ id, result });
    } catch (error) {
      fail(error);
    }
  });
}

/** In a checkout our modules are TypeScript, which a thread loads as the process does; where they were built, they are JavaScript. */
const EXTENSION = extname(__filename);

/** Starts a thread with a module of ours, named without its extension; it finds the data as `workerData`. */
export function openThread(module: string, workerData: unknown, name: string): Worker {
  const execArgv = EXTENSION === '.ts' ? ['--require', join(__dirname, '../../bin/load-typescript.js')] : [];
  return new Worker(`${module}${EXTENSION}`, { workerData, name, execArgv });
}
