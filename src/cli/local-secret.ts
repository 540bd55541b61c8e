import { readSecret, type Secret, secretFile } from '../http/secret';
import { CommandFailed } from './verb';

/** The secret that the server in this data directory signs with. */
export async function localSecret(dataDir: string): Promise<Secret> {
  return readSecret(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new CommandFailed(error.message);
    throw new CommandFailed(
      `There is no secret in ${secretFile(dataDir)}. Start the server once, or set DATA_DIR to where it keeps its data.`,
    );
  });
}
