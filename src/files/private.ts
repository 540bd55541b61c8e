import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chmod, stat, link, mkdir, open, rm, rename } from 'node:fs/promises';
import { join, basename, dirname } from 'node:path';

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

/**
 * Makes a file for this user alone, complete or not at all, also when others try at the same time; answers whether this call did.
 *
 * It writes beside the file and links the whole of it into place, for `link` refuses to replace what is there. Opening the file itself with
 * O_EXCL would leave it empty if the process died between the two steps, and let a second process read half of it.
 */
export async function createOnce(file: string, contents: Uint8Array | string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: PRIVATE_DIRECTORY });
  const draft = join(dirname(file), `.${basename(file)}-${process.pid}-${randomBytes(6).toString('hex')}`);
  const handle = await open(draft, 'wx', PRIVATE_FILE);
  try {
    await handle.writeFile(contents);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft);
  }
}

/** Writes a file for this account alone, in place of the one that may be there. A reader finds the one or the other, never a part. */
export async function replaceFile(file: string, contents: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: PRIVATE_DIRECTORY });
  const draft = join(dirname(file), `.${basename(file)}-${process.pid}-${randomBytes(6).toString('hex')}`);
  const handle = await open(draft, 'wx', PRIVATE_FILE);
  try {
    await handle.writeFile(contents);
    await handle.sync();
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
