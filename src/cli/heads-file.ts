import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { readHeads, type HeadsRead } from '../audit/read-heads';
import { BrokenFile } from '../audit/exported';
import { NoSuchKey, parsePublicKey, readSigningKey, signingKeyFile, type CheckingKey } from '../audit/signing-key';
import { readSettings } from '../settings';
import { bytesIn, linesOf } from './lines';
import { CommandFailed, type Terminal } from './verb';

export interface HeadsFile {
  readonly against: string;
  /** Files with the public keys. */
  readonly publicKey?: readonly string[];
  /** Reads the heads of this project alone. */
  readonly project?: string;
}

/** Reads a file of signed heads, with the keys that are given, or else with this data directory's own. */
export async function headsIn({ against, publicKey, project }: HeadsFile, terminal: Terminal): Promise<HeadsRead> {
  const keys = publicKey === undefined ? [await ownKey(terminal)] : await Promise.all(publicKey.map(keyIn));
  const heads = await readHeads(linesFrom(against), keys, project).catch((error: unknown) => {
    if (!(error instanceof BrokenFile)) throw error;
    throw new CommandFailed(`${against}:${error.line}: ${error.why}.`, { cause: error });
  });
  if (heads.knownHeads.count > 0 || heads.problems.length > 0) return heads;
  const whose = project === undefined ? '' : ` of project "${project}"`;
  throw new CommandFailed(`${against} holds no signed head${whose}, so there is nothing to verify against.`);
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

/** A file that is shorter may be one head, in any layout. */
const SINGLE_BYTES = 64 * 1024;

/** The lines of a log; a single head may have any layout in its file. It is read once, since it may be a pipe. */
async function* linesFrom(file: string): AsyncIterable<string> {
  const bytes = bytesIn(file);
  const begun: Buffer[] = [];
  let size = 0;
  let ended = false;
  while (!ended && size <= SINGLE_BYTES) {
    const next = await bytes.next();
    ended = next.done === true;
    if (next.done === true) break;
    begun.push(next.value);
    size += next.value.length;
  }
  const single = ended ? singleIn(Buffer.concat(begun)) : undefined;
  if (single !== undefined) return yield single;
  yield* linesOf(
    (async function* () {
      yield* begun;
      yield* bytes;
    })(),
  );
}

/** The one JSON value that a file holds, on one line; undefined: it holds none, or several. */
function singleIn(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString();
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  // Between the tokens of JSON a line's end is a blank like any other, and inside of them there is none.
  return text.replace(/[\r\n]+/g, ' ');
}
