import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, localIdOf, type GlobalId } from '../../schema/global-id';
import { decodeCursor, type Cursor } from '../../src/domain/cursor';
import type { Wish } from '../application/plain-shop';
import type { Asked } from '../application/serial-order';
import { send, type Address, type Reply } from './client';

export const KEY_LIMIT = 15;
const KEYS = Array.from({ length: 20 }, (_, index) => `key_${index}`);

/** A command as its client saw it, with the cursor and version that a `done` answer carried. */
export interface Sent extends Asked {
  seen?: { readonly cursor: Cursor; readonly version: number | undefined };
  /** The codes of errors before the answer, and `lost` for each answer that never came. */
  readonly errors: string[];
}

export interface KeyWritersOptions {
  readonly clients: number;
  readonly projectId: string;
  /** The server to ask now; resolves when one is up. */
  readonly address: () => Promise<Address>;
  /** Whether a client without an answer sends the same command again until it has one; otherwise it stops. */
  readonly retries: boolean;
}

/** Many concurrent clients that send commands about the same few keys and record every command with its answer. */
export class KeyWriters {
  readonly commands: Sent[] = [];
  private readonly flags: string[] = [];
  private ticks = 0;
  private stopping = false;
  private abandoned = false;
  /** Ends after `stop`, or with the failure of a client. */
  readonly ended: Promise<unknown>;

  constructor(private readonly options: KeyWritersOptions) {
    this.ended = Promise.all(Array.from({ length: options.clients }, (_, client) => this.work(client)));
    // A client's failure is reported by `stop`; it must not end the test before that.
    this.ended.catch(() => {});
  }

  /** How many commands were answered as done. */
  get done(): number {
    return this.commands.filter(({ answer }) => answer === 'done').length;
  }

  /** Resolves when every client has finished its command in flight. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.ended;
  }

  /** No client sends anything again. */
  abandon(): void {
    this.stopping = true;
    this.abandoned = true;
  }

  private async work(client: number): Promise<void> {
    for (let count = 0; !this.stopping; count += 1) {
      const command: Sent = { commandId: `client-${client}-${count}`, wish: this.wish(), called: this.tick(), errors: [] };
      this.commands.push(command);
      if (!(await this.finish(command))) return;
    }
  }

  /** Whether the command came to an end. */
  private async finish(command: Sent): Promise<boolean> {
    for (;;) {
      const reply = await send(await this.options.address(), this.options.projectId, command.commandId, command.wish);
      if (reply.kind === 'done' || reply.kind === 'refused') {
        this.note(command, reply);
        return true;
      }
      command.errors.push(reply.kind === 'lost' ? 'lost' : reply.code);
      if (reply.kind === 'error' && !TRANSIENT_CODES.has(reply.code))
        throw new Error(`${command.commandId} met ${reply.code}: ${reply.message}`);
      if (!this.options.retries || this.abandoned) return false;
      await sleep(20);
    }
  }

  private note(command: Sent, reply: Extract<Reply, { kind: 'done' | 'refused' }>): void {
    command.answer = reply.kind === 'done' ? 'done' : reply.code;
    command.answered = this.tick();
    if (reply.kind === 'refused') return;
    const cursor = decodeCursor(reply.cursor);
    if (cursor === undefined) throw new Error(`${command.commandId} was given no cursor: ${JSON.stringify(reply)}`);
    command.seen = { cursor, version: reply.version };
    // The plain shop knows flags as the events do.
    if (command.wish.kind === 'use' && reply.id !== undefined)
      this.flags.push(localIdOf(identityOf(reply.id as unknown as GlobalId), 'flag'));
  }

  private wish(): Wish {
    const key = oneOf(KEYS);
    const dice = Math.random();
    if (dice < 0.2) return { kind: 'create', key };
    if (dice < 0.4) return { kind: 'archive', key };
    if (dice < 0.6) return { kind: 'restore', key };
    if (dice < 0.7) return { kind: 'describe', key, text: oneOf(['x', 'y', 'z']) };
    if (dice < 0.85 || this.flags.length === 0) return { kind: 'use', key, flag: `${oneOf(['F', 'G'])} ${key}` };
    return { kind: 'unuse', flagId: oneOf(this.flags.slice(-40)) };
  }

  private tick(): number {
    this.ticks += 1;
    return this.ticks;
  }
}

/** Errors that are allowed while a server is killed, stopped or out of disk space. */
export const TRANSIENT_CODES: ReadonlySet<string> = new Set(['EVENT_STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'STOPPING']);

function oneOf<T>(things: readonly T[]): T {
  return things[Math.floor(Math.random() * things.length)] as T;
}
