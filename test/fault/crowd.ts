import { setTimeout as sleep } from 'node:timers/promises';
import { decodeCursor, type Cursor } from '../../src/domain/cursor';
import type { Wish } from '../application/plain-shop';
import type { Asked } from '../application/serial-order';
import { send, type Address, type Reply } from './client';

export const KEY_LIMIT = 15;
const KEYS = Array.from({ length: 20 }, (_, index) => `key_${index}`);

/** A command as its client saw it, with what a `done` said of the thing it was about. */
export interface Sent extends Asked {
  seen?: { readonly cursor: Cursor; readonly version: number | undefined };
  /** The codes of errors met on the way, and `lost` for each answer that never came. */
  readonly troubles: string[];
}

export interface CrowdOptions {
  readonly clients: number;
  readonly projectId: string;
  /** Where to ask now; resolves when somebody is there. */
  readonly address: () => Promise<Address>;
  /** Whether a client that knows nothing sends the same command again until it does; else it leaves. */
  readonly insists: boolean;
}

/** Many clients at once, who ask for the same few keys and remember all that they asked and were told. */
export class Crowd {
  readonly commands: Sent[] = [];
  private readonly flags: string[] = [];
  private ticks = 0;
  private leaving = false;
  private abandoned = false;
  private readonly clients: Promise<unknown>;

  constructor(private readonly options: CrowdOptions) {
    this.clients = Promise.all(Array.from({ length: options.clients }, (_, client) => this.work(client)));
    // Told by `leave`: a client that breaks must not bring the test down before that.
    this.clients.catch(() => {});
  }

  /** Every client finishes what it has begun. */
  async leave(): Promise<void> {
    this.leaving = true;
    await this.clients;
  }

  /** Nobody sends anything again, whatever they have begun. */
  abandon(): void {
    this.leaving = true;
    this.abandoned = true;
  }

  private async work(client: number): Promise<void> {
    for (let count = 0; !this.leaving; count += 1) {
      const command: Sent = { commandId: `client-${client}-${count}`, wish: this.wish(), called: this.tick(), troubles: [] };
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
      command.troubles.push(reply.kind === 'lost' ? 'lost' : reply.code);
      if (reply.kind === 'error' && !PASSING.has(reply.code)) throw new Error(`${command.commandId} met ${reply.code}: ${reply.message}`);
      if (!this.options.insists || this.abandoned) return false;
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
    if (command.wish.kind === 'use' && reply.id !== undefined) this.flags.push(reply.id);
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

/** What may be met while a server is killed, stopped or out of room. */
export const PASSING: ReadonlySet<string> = new Set(['EVENT_STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'STOPPING']);

function oneOf<T>(things: readonly T[]): T {
  return things[Math.floor(Math.random() * things.length)] as T;
}
