import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnce } from '../files/private';

/** The local secret that signs tokens: with it any identity can be signed. */
export interface Secret {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** This call made it: it is the first start. */
  readonly created: boolean;
  /** Others on this machine can read it. */
  readonly exposed: boolean;
}

const SECRET_BYTES = 32;

export function secretFile(dataDir: string, name = 'secret'): string {
  return join(dataDir, name);
}

/** A secret of this data directory, by default the one that signs tokens; the first call makes it, complete or not at all, also when others try at the same time. */
export async function openSecret(dataDir: string, name?: string): Promise<Secret> {
  const created = await createOnce(secretFile(dataDir, name), randomBytes(SECRET_BYTES));
  return { ...(await readSecret(dataDir, name)), created };
}

/** The secret that is there. Never makes one: a token signed by a secret the server does not use would be of no use. */
export async function readSecret(dataDir: string, name?: string): Promise<Secret> {
  const file = secretFile(dataDir, name);
  const bytes = await readFile(file);
  if (bytes.length !== SECRET_BYTES) {
    throw new Error(
      `The secret in ${file} has ${bytes.length} bytes, not ${SECRET_BYTES}. Restore it, or remove it: the next start makes a new one.`,
    );
  }
  const { mode } = await stat(file);
  return { file, bytes, created: false, exposed: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}
