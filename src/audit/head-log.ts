import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { locked } from '../coordination/file-lock';
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from '../files/private';
import { lineOf, parseSignedHead, type SignedHead } from './signed-head';

const BLOCK_BYTES = 64 * 1024;

const LOCK_TIMEOUT_MS = 10_000;

/**
 * Signed heads as a plain file, one line each, only ever added to: to be read, copied and sent away with any tool. It is opened anew for each
 * use, so that it can be moved away, and then a new one is begun. Several processes on one machine may add to it: each waits for the lock
 * beside it, `heads.lock`, so that none cuts off or tears what another is writing.
 */
export class HeadLog {
  constructor(readonly file: string) {}

  static in(dataDir: string): HeadLog {
    return new HeadLog(join(dataDir, 'heads.log'));
  }

  /** They are on the disk when it resolves. Rejects with `LockTimeout`, having written nothing, if another process does not release the lock. */
  async append(heads: readonly SignedHead[]): Promise<void> {
    if (heads.length === 0) return;
    await mkdir(dirname(this.file), { recursive: true, mode: PRIVATE_DIRECTORY });
    await locked(`${this.file.replace(/\.log$/, '')}.lock`, LOCK_TIMEOUT_MS, () => this.add(heads));
  }

  private async add(heads: readonly SignedHead[]): Promise<void> {
    const handle = await open(this.file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, PRIVATE_FILE);
    try {
      await dropTornLine(handle);
      await handle.appendFile(heads.map((head) => `${lineOf(head)}\n`).join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** All of them, oldest first. A line that is none is passed over: it is for `verify` to say what is wrong with a log. */
  async *read(): AsyncIterable<SignedHead> {
    const handle = await this.existing();
    if (handle === undefined) return;
    try {
      for await (const line of handle.readLines()) {
        const head = parseSignedHead(line);
        if (head !== undefined) yield head;
      }
    } finally {
      await handle.close();
    }
  }

  /** A project's newest heads, newest first, at most so many; `before`: only those of earlier revisions. It reads from the end. */
  async newest(projectId: string, limit: number, before = Number.POSITIVE_INFINITY): Promise<SignedHead[]> {
    const handle = await this.existing();
    if (handle === undefined) return [];
    const found: SignedHead[] = [];
    const name = `"projectId":${JSON.stringify(projectId)}`;
    try {
      for await (const line of linesFromTheEnd(handle)) {
        const head = line.includes(name) ? parseSignedHead(line) : undefined;
        if (head === undefined || head.projectId !== projectId || head.revision >= before) continue;
        found.push(head);
        if (found.length >= limit) break;
      }
      return found;
    } finally {
      await handle.close();
    }
  }

  private async existing(): Promise<FileHandle | undefined> {
    try {
      return await open(this.file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** What a crash or a full disk has left of a line that was never acknowledged: with the lock held, no other process is writing it. */
async function dropTornLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const newline = buffer.lastIndexOf('\n');
    if (newline >= 0 || start === 0) {
      const whole = newline < 0 ? 0 : start + newline + 1;
      if (whole < size) await handle.truncate(whole);
      return;
    }
    end = start;
  }
}

async function* linesFromTheEnd(handle: FileHandle): AsyncIterable<string> {
  let rest = Buffer.alloc(0);
  for (let end = (await handle.stat()).size; end > 0;) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const block = Buffer.concat([buffer, rest]);
    const first = start === 0 ? 0 : block.indexOf('\n') + 1;
    // Without a newline in it, all of the block belongs to a line that begins further in front.
    rest = block.subarray(0, start > 0 && first === 0 ? block.length : first);
    if (start === 0 || first > 0) yield* block.subarray(first).toString().split('\n').reverse();
    end = start;
  }
}
