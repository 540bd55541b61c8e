const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const NOT_ASCII = ~0x7f;

let bytes = new Uint8Array(1_024);
const encoder = new TextEncoder();

/**
 * MurmurHash3_x86_32 of the text's UTF-8 bytes, as an unsigned number of 32 bits. By Austin Appleby, public domain:
 * https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp. A lone surrogate is hashed as U+FFFD, which is what UTF-8 makes of it.
 *
 * Of an ASCII text the characters are the bytes, so nothing is allocated; other texts are encoded first.
 */
export function murmur3(text: string, seed: number): number {
  const { length } = text;
  const blocks = length & ~3;
  let hash = seed | 0;
  for (let at = 0; at < blocks; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    if (((a | b | c | d) & NOT_ASCII) !== 0) return murmur3OfBytes(text, seed);
    hash = mixed(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let at = length - 1; at >= blocks; at -= 1) {
    const unit = text.charCodeAt(at);
    if ((unit & NOT_ASCII) !== 0) return murmur3OfBytes(text, seed);
    tail = (tail << 8) | unit;
  }
  return finished(length > blocks ? hash ^ scrambled(tail) : hash, length);
}

function murmur3OfBytes(text: string, seed: number): number {
  // A UTF-16 unit takes at most three bytes.
  if (bytes.length < text.length * 3) bytes = new Uint8Array(text.length * 3);
  const { written: length } = encoder.encodeInto(text, bytes);
  const blocks = length & ~3;
  let hash = seed | 0;
  for (let at = 0; at < blocks; at += 4)
    hash = mixed(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
  let tail = 0;
  for (let at = length - 1; at >= blocks; at -= 1) tail = (tail << 8) | bytes[at]!;
  return finished(length > blocks ? hash ^ scrambled(tail) : hash, length);
}

function scrambled(block: number): number {
  const product = Math.imul(block, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function mixed(hash: number, block: number): number {
  const sum = hash ^ scrambled(block);
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(hash: number, length: number): number {
  let final = hash ^ length;
  final = Math.imul(final ^ (final >>> 16), 0x85ebca6b);
  final = Math.imul(final ^ (final >>> 13), 0xc2b2ae35);
  return (final ^ (final >>> 16)) >>> 0;
}
