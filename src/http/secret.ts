import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The local secret that signs tokens. Whoever has it can be anyone. */
export interface Secret {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** This call made it: it is the first start. */
  readonly created: boolean;
  /** Others on this machine can read it. */
  readonly exposed: boolean;
}

const LENGTH = 32;

export function secretFile(dataDir: string): string {
  return join(dataDir, 'secret');
}

/** The secret of this data directory; the first call makes it, complete or not at all, whoever else tries at the same time. */
export async function openSecret(dataDir: string): Promise<Secret> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const created = await createSecret(dataDir);
  return { ...(await readSecret(dataDir)), created };
}

/** The secret that is there. Never makes one: a token signed by a secret the server does not use would be of no use. */
export async function readSecret(dataDir: string): Promise<Secret> {
  const file = secretFile(dataDir);
  const bytes = await readFile(file);
  if (bytes.length !== LENGTH) {
    throw new Error(
      `The secret in ${file} has ${bytes.length} bytes, not ${LENGTH}. Restore it, or remove it: the next start makes a new one.`,
    );
  }
  const { mode } = await stat(file);
  return { file, bytes, created: false, exposed: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}

/**
 * Writes beside the file and links the whole of it into place, for `link` refuses to replace what is there. Opening the file itself with
 * O_EXCL would leave it empty if the process died between the two steps, and let a second process read half of it.
 */
async function createSecret(dataDir: string): Promise<boolean> {
  const draft = join(dataDir, `.secret-${process.pid}-${randomBytes(6).toString('hex')}`);
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(randomBytes(LENGTH));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, secretFile(dataDir));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft);
  }
}
