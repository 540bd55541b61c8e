import { tryFileLock } from '../coordination/file-lock';
import { Thread, type Calls, type Channel } from '../threads/thread';
import { explain } from './failure';

export interface StoreThreadsOptions {
  /** What is kept, in errors, such as "user store". */
  readonly noun: string;
  readonly directory: string;
  /** Held by the one process that writes. */
  readonly lockFile: string;
  readonly thread: (access: 'read' | 'write') => Channel;
  /** Makes the error that every failure is reported as. */
  readonly unavailable: (message: string, cause: unknown) => Error;
}

/**
 * A store of SQLite files that one process uses: it writes in one thread and reads in another, so that no event loop waits for the disk. What is
 * written is seen by every reading that begins after it was answered.
 */
export class StoreThreads<Writes extends Calls, Reads extends Calls> {
  private readonly writer: Thread<Writes>;
  private readonly reader: Thread<Reads>;
  private readonly longReader: Thread<Reads>;
  private readonly unlock: () => void;
  private closing: Promise<void> | undefined;

  /** Throws the store's error if another process has the lock. */
  constructor(private readonly options: StoreThreadsOptions) {
    this.unlock = lock(options);
    this.writer = new Thread(() => options.thread('write'));
    this.reader = new Thread(() => options.thread('read'));
    this.longReader = new Thread(() => options.thread('read'));
  }

  write<Name extends keyof Writes & string>(name: Name, argument: Parameters<Writes[Name]>[0]): Promise<Awaited<ReturnType<Writes[Name]>>> {
    return this.ask(() => this.writer.call(name, argument));
  }

  read<Name extends keyof Reads & string>(name: Name, argument: Parameters<Reads[Name]>[0]): Promise<Awaited<ReturnType<Reads[Name]>>> {
    return this.ask(() => this.reader.call(name, argument));
  }

  /** The same, for what takes seconds: in a thread of its own, so that no other reading waits for it. */
  readLong<Name extends keyof Reads & string>(name: Name, argument: Parameters<Reads[Name]>[0]): Promise<Awaited<ReturnType<Reads[Name]>>> {
    return this.ask(() => this.longReader.call(name, argument));
  }

  /** Has all threads carry out what they were asked, and end. */
  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<void> {
    try {
      for (const reader of [this.reader, this.longReader]) if (reader.isStarted) await reader.call('close', undefined as never);
      if (this.writer.isStarted) await this.writer.call('close', undefined as never);
      await Promise.all([this.reader.end(), this.longReader.end(), this.writer.end()]);
    } catch (error) {
      throw this.inOurWords(error);
    } finally {
      this.unlock();
    }
  }

  private async ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (this.closing !== undefined) throw this.options.unavailable(`the ${this.options.noun} has been closed`, undefined);
    try {
      return await call();
    } catch (error) {
      throw this.inOurWords(error);
    }
  }

  private inOurWords(error: unknown): Error {
    const { noun, directory, unavailable } = this.options;
    const reason = explain(error, `a ${noun}`);
    return unavailable(reason.startsWith(directory) ? reason : `${directory}: ${reason}`, error);
  }
}

function lock({ noun, directory, lockFile, unavailable }: StoreThreadsOptions): () => void {
  let release: (() => void) | undefined;
  try {
    release = tryFileLock(lockFile);
  } catch (error) {
    throw unavailable(`${lockFile}: ${explain(error, `a ${noun}`)}`, error);
  }
  if (release !== undefined) return release;
  throw unavailable(
    `${lockFile} is locked: another process uses the ${noun} in ${directory}. Stop it, or use another directory.`,
    undefined,
  );
}
