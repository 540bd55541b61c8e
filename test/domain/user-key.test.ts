import { createHmac } from 'node:crypto';
import { Pepper } from '../../src/domain/user-key';

const pepper = new Pepper(Buffer.alloc(32, 7));

test('U4: a user key says nothing of the id, is the same each time, and another in another project or with another pepper', () => {
  const key = pepper.keyOf('shop', 'ada@example.org');
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(new Pepper(Buffer.alloc(32, 7)).keyOf('shop', 'ada@example.org')).toBe(key);
  const others = [pepper.keyOf('other', 'ada@example.org'), new Pepper(Buffer.alloc(32, 8)).keyOf('shop', 'ada@example.org')];
  others.push(pepper.keyOf('shop', 'Ada@example.org'), pepper.keyOf('shop', ''), pepper.keyOf('shop', 'ada@example.or'));
  expect(new Set([key, ...others]).size).toBe(6);
});

test('U4: the form is for ever, since it is what users are found by', () => {
  expect(pepper.keyOf('shop', 'ada')).toBe('ddbd9755b9e0ee2501eba6fa676cd5fc');
  expect(pepper.id).toBe('ee3532246f33f6a2');
});

test('a pepper has an id of its own, and at least 32 bytes', () => {
  expect(new Pepper(Buffer.alloc(32, 8)).id).not.toBe(pepper.id);
  expect(() => new Pepper(Buffer.alloc(31))).toThrow('at least 32 bytes');
});

test('a user key is the beginning of an HMAC-SHA-256, whatever the length and the script of the id', () => {
  const hmac = (secret: Uint8Array, text: string) => createHmac('sha256', secret).update(text, 'utf8').digest();
  const secret = hmac(Buffer.alloc(32, 7), 'project\nshop');
  for (const id of ['', 'ada', '\u00e5se@example.org', '\u7528\u6237', '\u{1f600}', 'x'.repeat(500), '\u{1f600}'.repeat(250)])
    expect(pepper.keyOf('shop', id)).toBe(hmac(secret, id).toString('hex').slice(0, 32));
});
