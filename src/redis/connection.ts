import { Cluster, Redis, type RedisOptions } from 'ioredis';
import pRetry from 'p-retry';
import type { RedisAddress } from './address';

const CONNECT_MS = 2_000;
/** How long a server may owe answers and send nothing: then it counts as gone. Not a limit per command, which a queue of full batches would exceed. */
const SILENCE_MS = 2_000;
const FIRST_WAIT_MS = 2_000;
/** How long a read is tried again, and how long Redis may be away before reads are refused at once. Longer than a silence and a reconnect. */
const READ_MS = 5_000;
const READ_AGAIN_MS = { minTimeout: 25, maxTimeout: 250, randomize: true };

/** The client itself queues and repeats nothing: which commands may be sent twice is known here. Reconnecting goes on by itself, for ever. */
const CONNECTION: RedisOptions = {
  connectTimeout: CONNECT_MS,
  socketTimeout: SILENCE_MS,
  keepAlive: 10_000,
  // How long a connection that was closed, or never stood, keeps the process from ending.
  disconnectTimeout: 200,
  // Of a batch that was sent when the connection was lost, the checkpoint says whether it was applied; the projector then decides.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A master that became a replica behind the same address: find the new one.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  protocol: 2,
};

/** What Redis says when it is there but cannot serve just now, or not us. Any other error answer is a fault of the script that was run. */
const REFUSALS =
  /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|OOM|MISCONF|NOREPLICAS|TRYAGAIN|BUSY|UNKILLABLE|NOAUTH|WRONGPASS|NOPERM|MOVED|ASK|CROSSSLOT|NOTREADY)\b/;

/** Refusals that no waiting cures: an operator has to change something. */
const FOR_GOOD = /\b(NOAUTH|WRONGPASS|NOPERM|CROSSSLOT)\b/;

/** A script by its name, with its text. Its answer is what Redis sends. */
export type Scripts = Readonly<Record<string, string>>;

/**
 * One client of a Redis, a cluster or a Sentinel's master: answers, or rejects with the error of its user within some seconds. A read
 * survives a slow answer, and a connection that is lost and made again within five seconds.
 */
export class RedisConnection {
  private readonly client: Redis | Cluster;
  private readonly losses = new Set<() => void>();
  private closed = false;
  private lastError = 'no connection yet';
  /** Since when no command has been answered, if the newest was not. */
  private failingSince: number | undefined = performance.now();

  /** `Unavailable`: what it rejects with when Redis cannot serve. */
  constructor(
    address: RedisAddress,
    scripts: Scripts,
    private readonly Unavailable: new (message: string) => Error,
  ) {
    this.client = connect(address);
    // Sent by their hash; in full where the server does not know them (any more).
    for (const [name, lua] of Object.entries(scripts)) this.client.defineCommand(name, { lua });
    const note = (error: Error) => void (this.lastError = reasonOf(error));
    const lost = () => {
      this.failingSince ??= performance.now();
      if (!this.closed) this.losses.forEach((tell) => tell());
    };
    this.client
      .on('error', note)
      .on('ready', () => void (this.failingSince = undefined))
      .on('close', lost)
      .on('end', () => this.beginAgain());
    if (this.client instanceof Cluster) this.client.on('node error', note).on('-node', lost).on('+node', hearOn);
    else hearOn(this.client);
  }

  /** Resolves when the first connection is made, or after 2 s: whether it is made then shows in the first command. */
  async settle(): Promise<void> {
    if (this.client.status === 'ready') return;
    await new Promise<void>((resolve) => {
      const done = () => (clearTimeout(timer), this.client.off('ready', done), resolve());
      const timer = setTimeout(done, FIRST_WAIT_MS);
      this.client.once('ready', done);
    });
  }

  /** Tells when a connection is lost, of a cluster any of them. What was acknowledged may be gone when it is back. */
  onLoss(tell: () => void): void {
    this.losses.add(tell);
  }

  async run(script: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.ask(() => this.call(script, keys, args));
  }

  /** Sends it once. */
  async ask<Answer>(command: (client: Redis | Cluster) => Promise<Answer>): Promise<Answer> {
    if (this.closed) throw new this.Unavailable('this connection to Redis has been closed');
    try {
      const answer = await command(this.client);
      this.failingSince = undefined;
      return answer;
    } catch (error) {
      throw error instanceof Error ? this.inOurWords(error) : error;
    }
  }

  /** Runs a script that changes nothing, as `read` does. */
  async runRead(script: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.read(() => this.call(script, keys, args));
  }

  /** Runs a script that leads to the same when it is run twice, as `read` does. */
  async runRepeatable(script: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.read(() => this.call(script, keys, args));
  }

  /** Asks each master there is. */
  async askMasters<Answer>(command: (node: Redis) => Promise<Answer>): Promise<readonly Answer[]> {
    return this.ask((client) => Promise.all((client instanceof Cluster ? client.nodes('master') : [client]).map(command)));
  }

  /** Sends what changes nothing, and sends it again where it failed because Redis could not serve just then, until its deadline. */
  async read<Answer>(command: (client: Redis | Cluster) => Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const refuse = () => reject(new this.Unavailable(`Redis cannot be used now: it gave no answer within ${READ_MS} ms`));
      timer = setTimeout(refuse, READ_MS);
    });
    try {
      return await Promise.race([late, this.answered(command)]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const node of this.client instanceof Cluster ? this.client.nodes() : [this.client]) hear(node);
    this.client.disconnect();
  }

  private async answered<Answer>(command: (client: Redis | Cluster) => Promise<Answer>): Promise<Answer> {
    const begun = performance.now();
    try {
      return await this.ask(command);
    } catch (error) {
      if (!this.mayRecover(error)) throw error;
      return pRetry(() => this.ask(command), {
        ...READ_AGAIN_MS,
        retries: Number.POSITIVE_INFINITY,
        maxRetryTime: READ_MS - (performance.now() - begun),
        shouldRetry: ({ error: last }) => this.mayRecover(last),
      });
    }
  }

  /** Not once Redis has been away for long: then a query is refused at once, rather than each after some seconds. */
  private mayRecover(error: unknown): boolean {
    if (!(error instanceof this.Unavailable) || this.closed || FOR_GOOD.test(error.message)) return false;
    this.failingSince ??= performance.now();
    return performance.now() < this.failingSince + READ_MS;
  }

  /** The script as a command, for `ask` and `read`. */
  call(script: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    const commands = this.client as unknown as Record<string, (...parts: unknown[]) => Promise<unknown>>;
    return commands[script]!(keys.length, keys, args);
  }

  /** The client gives up for ever when it learns of a fail-over while it is connecting: its Sentinel connector then ends instead of trying again. */
  private beginAgain(): void {
    const again = () => void (this.closed || this.client.connect().catch((error: Error) => (this.lastError = reasonOf(error))));
    if (!this.closed) setTimeout(again, reconnectAfter(1)).unref();
  }

  /** Without the client's error as a cause: it carries the command with all its arguments, documents or a password, and would take them into the log. */
  private inOurWords(error: Error): Error {
    if (error.name === 'ReplyError' && !REFUSALS.test(error.message))
      return new Error(`Redis could not do what it was asked: ${error.message}`);
    const reason = this.client.status === 'ready' ? reasonOf(error) : this.lastError;
    return new this.Unavailable(`Redis cannot be used now: ${reason}`);
  }
}

/**
 * The client listens for one error of a socket, so another would end the process (its pull request 962); TLS reports two when a handshake is
 * broken off. What arrives here has been reported, or is of a connection that is no longer needed.
 */
function hearOn(client: Redis): void {
  client.on('error', () => hear(client));
}

function hear({ stream }: { readonly stream?: NodeJS.EventEmitter }): void {
  if (stream && !stream.listeners('error').includes(unheeded)) stream.on('error', unheeded);
}

function unheeded(): void {}

function connect({ topology, hosts, tls, username, password, database, master }: RedisAddress): Redis | Cluster {
  const login = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
  const options: RedisOptions = { ...CONNECTION, ...login, db: database, ...(tls ? { tls: {} } : {}) };
  if (topology === 'cluster') {
    return new Cluster([...hosts], {
      redisOptions: options,
      enableOfflineQueue: false,
      // A node that is away is asked for again for about half a second: longer than a move of slots takes, shorter than a client waits.
      maxRedirections: 6,
      clusterRetryStrategy: reconnectAfter,
      slotsRefreshTimeout: CONNECT_MS,
      // Certificates name hosts, so the name that a node announces is connected to, not the address it resolves to.
      ...(tls ? { dnsLookup: (address: string, answer: (error: null, address: string) => void) => answer(null, address) } : {}),
    });
  }
  const single: RedisOptions = { ...options, enableOfflineQueue: false, retryStrategy: reconnectAfter };
  if (topology === 'single') return new Redis({ ...single, ...hosts[0]! });
  return new Redis({
    ...single,
    sentinels: [...hosts],
    name: master!,
    sentinelCommandTimeout: SILENCE_MS,
    sentinelRetryStrategy: reconnectAfter,
    failoverDetector: true,
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  });
}

/** Soon at first, then every second, instances not in step. */
function reconnectAfter(attempts: number): number {
  return Math.min(1_000, 50 * attempts) * (0.5 + Math.random() / 2);
}

function reasonOf(error: Error): string {
  const { lastNodeError } = error as { lastNodeError?: Error };
  return lastNodeError ? `${error.message} (${lastNodeError.message})` : error.message || error.name;
}
