import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { readHeads, type Against } from '../audit/against';
import { NoSuchKey, parsePublicKey, readSigningKey, signingKeyFile, type CheckingKey } from '../audit/signing-key';
import { readSettings } from '../settings';
import { CommandFailed, type Terminal } from './verb';

export interface HeadsFile {
  readonly against: string;
  /** Files with the public keys. */
  readonly publicKey?: readonly string[];
  /** Of one project alone. */
  readonly project?: string;
}

/** Reads a file of signed heads, with the keys that are given, or else with this data directory's own. */
export async function headsIn({ against, publicKey, project }: HeadsFile, terminal: Terminal): Promise<Against> {
  const keys = publicKey === undefined ? [await ownKey(terminal)] : await Promise.all(publicKey.map(keyIn));
  return readHeads(await linesOf(against), keys, project);
}

async function ownKey({ environment }: Terminal): Promise<CheckingKey> {
  const { dataDir } = readSettings(environment);
  const key = await readSigningKey(dataDir).catch((error: Error) => {
    throw new CommandFailed(error.message, { cause: error });
  });
  if (key !== undefined) return key;
  throw new CommandFailed(`There is no key in ${signingKeyFile(dataDir)}: give the public key that signed the heads with --public-key.`);
}

async function keyIn(file: string): Promise<CheckingKey> {
  try {
    return parsePublicKey(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof NoSuchKey) throw new CommandFailed(`${file}: ${error.message}.`);
    throw new CommandFailed(`${file} cannot be read: ${(error as Error).message}`);
  }
}

const SINGLE = 64 * 1024;

/** The lines of a log; a single head may stand in its file in any layout. */
async function linesOf(file: string): Promise<AsyncIterable<string>> {
  const { size } = await stat(file).catch((error: Error) => {
    throw new CommandFailed(`${file} cannot be read: ${error.message}`);
  });
  if (size <= SINGLE) {
    try {
      const single = JSON.stringify(JSON.parse(await readFile(file, 'utf8')));
      return (async function* () {
        yield single;
      })();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}
