import { sign, verify } from 'node:crypto';
import { canonical } from '../domain/json';
import { ambiguousMember } from '../domain/json-text';
import type { StreamHead } from '../event-store/event-store';
import type { CheckingKey, SigningKey } from './signing-key';

/** That a project's history ended so when it was signed. Anyone who holds it can prove later that the history was rewritten or cut off since. */
export interface SignedHead extends StreamHead {
  /** ISO 8601, UTC. */
  readonly signedAt: string;
  readonly keyId: string;
  /** Ed25519 over the canonical JSON (RFC 8785) of all the other fields, in Base64. */
  readonly signature: string;
}

export function signHead({ projectId, revision, hash }: StreamHead, now: number, key: SigningKey): SignedHead {
  const record = { projectId, revision, hash, signedAt: new Date(now).toISOString(), keyId: key.id };
  return { ...record, signature: sign(null, signedBytes(record), key.privateKey).toString('base64') };
}

/** Whether the signature is this key's, and of exactly this record. */
export function isGenuine({ signature, ...record }: SignedHead, key: CheckingKey): boolean {
  return record.keyId === key.id && verify(null, signedBytes(record), key.publicKey, Buffer.from(signature, 'base64'));
}

/** As it is in a log, without the line's end: always the same bytes. */
export function lineOf(head: SignedHead): string {
  return canonical(head);
}

const FIELDS: Readonly<Record<keyof SignedHead, (value: unknown) => boolean>> = {
  projectId: (value) => typeof value === 'string',
  revision: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  hash: isText(/^[0-9a-f]{64}$/),
  signedAt: isText(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  keyId: isText(/^[0-9a-f]{64}$/),
  signature: isText(/^[A-Za-z0-9+/]{86}==$/),
};

/** undefined: the line is not a signed head, whole and with nothing added. Whether it is genuine is another question. */
export function parseSignedHead(line: string): SignedHead | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (ambiguousMember(line) !== undefined) return undefined;
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== Object.keys(FIELDS).length) return undefined;
  const head = value as Readonly<Record<string, unknown>>;
  return Object.entries(FIELDS).every(([name, fits]) => fits(head[name])) ? (value as SignedHead) : undefined;
}

function isText(shape: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && shape.test(value);
}

function signedBytes(record: Omit<SignedHead, 'signature'>): Buffer {
  return Buffer.from(canonical(record));
}
