import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from './private';

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
