const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const NOT_ASCII = ~0x7f;

/** The text that was encoded last, as whole blocks of four bytes, the rest of at most three, and how many bytes it has. */
let blocks = new Int32Array(64);
let blockCount = 0;
let rest = 0;
let byteLength = 0;
/** Which `pass` of `murmur3Again` has encoded it; 0: none. */
let encodedBy = 0;

const encoder = new TextEncoder();
let bytes = new Uint8Array(0);

/**
 * MurmurHash3_x86_32 of the text's UTF-8 bytes, as an unsigned number of 32 bits. By Austin Appleby, public domain:
 * https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp. A lone surrogate is hashed as U+FFFD, which is what UTF-8 makes of it.
 */
export function murmur3(text: string, seed: number): number {
  encodedBy = 0;
  return encode(text, seed) >>> 0;
}

/**
 * The same 32 bits for a text that is hashed with many seeds, one after another: it is read once. Calls with the same `pass`, above 0, have the same
 * text. Signed, since of the unsigned numbers half would be allocated: `>>> 0` makes it the other's.
 */
export function murmur3Again(text: string, seed: number, pass: number): number {
  if (encodedBy === pass) return hashOfEncoded(seed);
  encodedBy = pass;
  return encode(text, seed);
}

/** Hashes the characters as bytes while it reads them, as is right for ASCII; a text with any other character is encoded first. */
function encode(text: string, seed: number): number {
  const { length } = text;
  blockCount = length >>> 2;
  byteLength = length;
  if (blocks.length < blockCount) blocks = new Int32Array(blockCount * 2);
  const into = blocks;
  const end = length & ~3;
  let hash = seed | 0;
  let units = 0;
  let at = 0;
  for (; at < end; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    units |= a | b | c | d;
    const block = a | (b << 8) | (c << 16) | (d << 24);
    into[at >>> 2] = block;
    hash = mixed(hash, block);
  }
  rest = 0;
  for (let shift = 0; at < length; at += 1, shift += 8) {
    const unit = text.charCodeAt(at);
    units |= unit;
    rest |= unit << shift;
  }
  return (units & NOT_ASCII) === 0 ? finished(hash) : encodeBytes(text, seed);
}

function encodeBytes(text: string, seed: number): number {
  // A UTF-16 unit takes at most three bytes.
  if (bytes.length < text.length * 3) bytes = new Uint8Array(text.length * 6);
  byteLength = encoder.encodeInto(text, bytes).written;
  blockCount = byteLength >>> 2;
  if (blocks.length < blockCount) blocks = new Int32Array(blockCount * 2);
  for (let block = 0, at = 0; block < blockCount; block += 1, at += 4) {
    blocks[block] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
  rest = 0;
  for (let at = byteLength - 1; at >= blockCount * 4; at -= 1) rest = (rest << 8) | bytes[at]!;
  return hashOfEncoded(seed);
}

function hashOfEncoded(seed: number): number {
  const from = blocks;
  let hash = seed | 0;
  for (let block = 0; block < blockCount; block += 1) hash = mixed(hash, from[block]!);
  return finished(hash);
}

function mixed(hash: number, block: number): number {
  const sum = hash ^ scrambled(block);
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0;
}

function scrambled(block: number): number {
  const product = Math.imul(block, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function finished(hash: number): number {
  let final = ((byteLength & 3) === 0 ? hash : hash ^ scrambled(rest)) ^ byteLength;
  final = Math.imul(final ^ (final >>> 16), 0x85ebca6b);
  final = Math.imul(final ^ (final >>> 13), 0xc2b2ae35);
  return final ^ (final >>> 16);
}
