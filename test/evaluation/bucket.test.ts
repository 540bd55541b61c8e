import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bucketOf, limitOf, sampleOf, salts, seedOf, signedHashOf, takes } from '../../src/evaluation/bucket';
import { murmur3 } from '../../src/evaluation/murmur3';

const golden = JSON.parse(readFileSync(join(__dirname, '../golden/bucketing-vectors.json'), 'utf8')) as {
  readonly known: readonly { readonly text: string; readonly seed: number; readonly hash: number }[];
  readonly vectors: readonly {
    readonly use: string;
    readonly salt: string;
    readonly seed: number;
    readonly userId: string;
    readonly hash: number;
    readonly bucket: number;
  }[];
};

test.each(golden.known)('MurmurHash3 of "$text" with seed $seed is the one that is published', ({ text, seed, hash }) => {
  expect(murmur3(text, seed)).toBe(hash);
});

let passes = 1_000_000;
const user = (userId: string) => ({ userId, pass: (passes += 1) });

test('every frozen vector has its seed, hash and bucket (V2)', () => {
  expect(golden.vectors).toHaveLength(36);
  for (const { salt, seed, userId, hash, bucket } of golden.vectors) {
    expect(seedOf(salt)).toBe(seed);
    expect(murmur3(userId, seed)).toBe(hash);
    expect(bucketOf(userId, seed)).toBe(bucket);
  }
});

test('the salts are those of the frozen vectors', () => {
  const made = [salts.traffic('exp_1'), salts.variant('exp_1'), salts.row('flag_1', 'r1')];
  const uses = new Map(golden.vectors.map(({ use, salt }) => [use, salt]));
  expect([...uses.values()].sort()).toEqual(made.sort());
  expect(salts.holdout('hold_1')).toBe('holdout\nhold_1');
});

test('a text that is not ASCII is hashed by its UTF-8 bytes, wherever the first such character is', () => {
  const byBytes = (text: string, seed: number) => murmur3(Buffer.from(text, 'utf8').toString('latin1'), seed);
  expect(murmur3('é', 1)).not.toBe(byBytes('é', 1));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat(), (text, seed) => {
      expect(murmur3(text, seed)).toBe(reference(Buffer.from(text, 'utf8'), seed));
    }),
  );
  expect(murmur3('a\ud800', 7)).toBe(murmur3('a\ufffd', 7));
  expect(murmur3('日'.repeat(5_000), 7)).toBe(reference(Buffer.from('日'.repeat(5_000)), 7));
});

test('a user whose id is hashed with many seeds has the same hashes, also where others are hashed between', () => {
  const [one, other] = [user('ünë'), user('user-2')];
  for (const seed of [1, 2, 3]) {
    expect(signedHashOf(one, seed) >>> 0).toBe(murmur3('ünë', seed));
    expect(signedHashOf(one, seed + 7) >>> 0).toBe(murmur3('ünë', seed + 7));
    expect(signedHashOf(one, seed)).toBe(signedHashOf(one, seed));
    expect(signedHashOf(other, seed) >>> 0).toBe(murmur3('user-2', seed));
  }
});

test('a share compared by its limit is the share of buckets below it', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 10_000 }), (userId, share) => {
      const sample = sampleOf(salts.traffic('e'), share);
      expect(takes(sample, user(userId))).toBe(bucketOf(userId, sample.seed) < share);
    }),
  );
  for (const share of [1, 3_333, 9_999]) {
    const limit = limitOf(share);
    const bucket = (hash: number) => Math.floor((hash * 10_000) / 2 ** 32);
    expect([bucket(limit - 1), bucket(limit)]).toEqual([share - 1, share]);
  }
  expect([0, 10_000].map((share) => limitOf(share))).toEqual([0, 2 ** 32]);
});

test('raising a share keeps every user that it had', () => {
  const users = Array.from({ length: 2_000 }, (_, number) => `user-${number}`);
  const taken = (share: number) => users.filter((id) => takes(sampleOf(salts.traffic('e'), share), user(id)));
  const few = taken(2_000);
  expect(few.length).toBeGreaterThan(300);
  expect(taken(5_000)).toEqual(expect.arrayContaining(few));
});

/** MurmurHash3_x86_32 once more, over bytes and by 64-bit integers. */
function reference(bytes: Uint8Array, seed: number): number {
  const mask = 0xffffffffn;
  const rotated = (value: bigint, by: bigint) => ((value << by) | (value >> (32n - by))) & mask;
  const scrambled = (block: bigint) => (rotated((block * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  let hash = BigInt(seed);
  for (let at = 0; at < bytes.length; at += 4) {
    const block = [...bytes.slice(at, at + 4)].reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
    hash ^= scrambled(block);
    if (at + 4 <= bytes.length) hash = (rotated(hash, 13n) * 5n + 0xe6546b64n) & mask;
  }
  hash ^= BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(hash ^ (hash >> 16n));
}
