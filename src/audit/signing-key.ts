import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnce } from '../files/private';

/** A public key that heads are checked with. */
export interface CheckingKey {
  /** SHA-256 (hex) of the key's DER (SPKI) form. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** The key pair that an instance signs heads with. Anyone who has it can sign heads that never were. */
export interface SigningKey extends CheckingKey {
  readonly privateKey: KeyObject;
}

/** The text is no key of the kind that heads are signed with. */
export class NoSuchKey extends Error {}

export function signingKeyFile(dataDir: string): string {
  return join(dataDir, 'heads-key.pem');
}

/** The key pair of this data directory; the first call makes it, for this user alone. */
export async function openSigningKey(dataDir: string): Promise<SigningKey> {
  return (await readSigningKey(dataDir)) ?? makeSigningKey(dataDir);
}

/** undefined: there is none yet. */
export async function readSigningKey(dataDir: string): Promise<SigningKey | undefined> {
  const file = signingKeyFile(dataDir);
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const privateKey = createPrivateKey(pem);
    return { ...checkingKey(createPublicKey(privateKey)), privateKey };
  } catch (error) {
    throw new NoSuchKey(
      `What is in ${file} is not an Ed25519 private key in PEM. Restore it, or remove it: then a new one is made, and heads signed before are checked with the old public key.`,
      { cause: error },
    );
  }
}

/** A public key, as PEM (SPKI). */
export function parsePublicKey(pem: string): CheckingKey {
  try {
    return checkingKey(createPublicKey(pem));
  } catch (error) {
    throw new NoSuchKey('it is not an Ed25519 public key in PEM', { cause: error });
  }
}

/** The public half as PEM (SPKI), to be kept where no one who can write the ledger can write. */
export function publicPem({ publicKey }: CheckingKey): string {
  return publicKey.export({ type: 'spki', format: 'pem' }) as string;
}

async function makeSigningKey(dataDir: string): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await createOnce(signingKeyFile(dataDir), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  // Read again: another process may have been faster.
  return (await readSigningKey(dataDir))!;
}

function checkingKey(publicKey: KeyObject): CheckingKey {
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new NoSuchKey('it is not an Ed25519 key');
  return { id: hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex'), publicKey };
}
