import { closeSync, openSync } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What this product makes is for its own account alone: it holds what people decided, and what proves it. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/** The bits by which accounts outside of the file's group get at it. */
const OTHERS = 0o007;

/**
 * Makes an empty file for this account alone, if there is none: for a library that would make it readable by all. A file that is there is not
 * opened, since closing a descriptor would end the locks that this process has on it.
 */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', PRIVATE_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Takes files in a directory from all other accounts that an earlier version let read them; what is open to a group alone was opened on purpose, and
 * stays so, as does the mode of the directory. Answers what others can still read, in words. It never fails.
 */
export async function closeToOthers(directory: string, names: readonly string[]): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const remarks: string[] = [];
  for (const file of names.map((name) => join(directory, name))) {
    if (!(await isOpenToOthers(file))) continue;
    await chmod(file, PRIVATE_FILE).catch((error: Error) => remarks.push(`${file}: other accounts can read it (${error.message})`));
  }
  if (await isOpenToOthers(directory))
    remarks.unshift(`${directory}: other accounts can look into it: chmod 700 it, unless that is wanted`);
  return remarks;
}

/** What is not there, or cannot be asked, is not. */
async function isOpenToOthers(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && (found.mode & OTHERS) !== 0;
}
