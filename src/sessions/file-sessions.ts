import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_DIRECTORY, createOnce } from '../files/private';
import { type OneTimeCode, type Session, SessionsUnavailable, type SessionStore } from './sessions';

const SESSION = '.session.json';
const CODE = '.code';

/** A file for each session and each used code, in a directory that the instances of this machine share. */
export class FileSessions implements SessionStore {
  constructor(
    private readonly directory: string,
    private readonly now: () => number = Date.now,
  ) {}

  async use({ id, expiresAt }: OneTimeCode): Promise<boolean> {
    return this.reached(async () => {
      await this.removeOld();
      return createOnce(join(this.directory, `${id}${CODE}`), String(expiresAt));
    });
  }

  async add(session: Session): Promise<void> {
    await this.reached(async () => {
      await this.removeOld();
      await createOnce(this.fileOf(session.id), JSON.stringify(session));
    });
  }

  async present(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const present = await Promise.all(ids.map((id) => this.reached(() => isThere(this.fileOf(id)))));
    return new Set(ids.filter((_, at) => present[at]));
  }

  async remove(id: string): Promise<boolean> {
    return this.reached(async () => {
      const there = await isThere(this.fileOf(id));
      await rm(this.fileOf(id), { force: true });
      return there;
    });
  }

  async list(): Promise<readonly Session[]> {
    const sessions = await this.reached(async () => Promise.all((await this.names(SESSION)).map((name) => this.read(name))));
    return sessions.filter((session) => session !== undefined && session.endsAt > this.now()) as Session[];
  }

  async close(): Promise<void> {}

  private fileOf(id: string): string {
    return join(this.directory, `${id}${SESSION}`);
  }

  private async names(ending: string): Promise<readonly string[]> {
    await mkdir(this.directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    return (await readdir(this.directory)).filter((name) => name.endsWith(ending) && !name.startsWith('.'));
  }

  /** Undefined: it has been removed meanwhile. */
  private async read(name: string): Promise<Session | undefined> {
    const text = await readFile(join(this.directory, name), 'utf8').catch(unlessGone);
    return text === undefined ? undefined : (JSON.parse(text) as Session);
  }

  /** What has ended by its own time takes room alone. */
  private async removeOld(): Promise<void> {
    for (const name of await this.names(CODE)) {
      const expiresAt = Number(await readFile(join(this.directory, name), 'utf8').catch(unlessGone));
      if (expiresAt <= this.now()) await rm(join(this.directory, name), { force: true });
    }
    for (const name of await this.names(SESSION)) {
      const session = await this.read(name);
      if (session !== undefined && session.endsAt <= this.now()) await rm(join(this.directory, name), { force: true });
    }
  }

  private async reached<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw new SessionsUnavailable(`The sessions in ${this.directory} cannot be used: ${(error as Error).message}`, { cause: error });
    }
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => unlessGone(error) ?? false,
  );
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
