import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from './private';

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
