import { link, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandFailed } from './verb';

/**
 * Makes a file that is there whole or not at all. `make` is given a directory beside it, and answers the file that it has made there; only
 * when that is on the disk does it get its name. What has the name already is left as it is, unless it is to be replaced.
 */
export async function intoPlace(file: string, force: boolean, make: (directory: string) => Promise<string>): Promise<void> {
  const path = resolve(file);
  const before = await stat(path).catch(() => undefined);
  if (before !== undefined && !before.isFile()) throw new CommandFailed(`${file} is there, and is not a file.`);
  if (before !== undefined && !force) throw exists(file);
  const staging = await mkdtemp(join(dirname(path), `.${basename(path)}-`)).catch((error: Error) => {
    throw new CommandFailed(`${file} cannot be made: ${error.message}`);
  });
  try {
    const made = await make(staging);
    await sync(made);
    if (force) await rename(made, path);
    else await named(made, path);
    await sync(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(file);
    throw error;
  } finally {
    await rm(staging, { recursive: true });
  }
}

function exists(file: string): CommandFailed {
  return new CommandFailed(`${file} exists, and is left as it is: give another name, or --force to replace it.`);
}

/** `link` refuses to replace what is there. A file system without links has to do with what was seen before. */
async function named(made: string, path: string): Promise<void> {
  try {
    await link(made, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rename(made, path);
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
