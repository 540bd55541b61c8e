import fc from 'fast-check';
import {
  checkCommandId,
  checkDescription,
  checkEventName,
  checkKeyName,
  checkName,
  checkProjectId,
  checkPropertyName,
  checkReason,
  cleanName,
  foldName,
  kindOf,
  withArticle,
} from '../../src/domain/text';
import { checkPattern } from '../../src/domain/pattern';
import { alreadyExists, type Problem } from '../../src/domain/refusal';
import { mainThreadCpuMs } from '../fixtures/main-thread-cpu';

type Check = (value: unknown, path: string) => Problem[];
const refusal = (check: Check, value: unknown): string =>
  check(value, 'p')
    .map(({ path, message }) => `${path} ${message}`)
    .join();

test('a word has its indefinite article, in every sentence that names a kind', () => {
  expect(['flag', 'experiment', 'exclusivity', 'NUMBER', 'Unleash'].map(withArticle)).toEqual([
    'a flag',
    'an experiment',
    'an exclusivity',
    'a NUMBER',
    'an Unleash',
  ]);
  expect(kindOf(1)).toBe('a number');
  const refs = (['segment', 'experiment'] as const).map((kind) => alreadyExists({ kind, id: 'x', name: 'X' }, '').message.trim());
  expect(refs).toEqual(['There is already a segment named "X".', 'There is already an experiment named "X".']);
});

test('characters are counted as people count them, up to the very limit', () => {
  const limits: readonly (readonly [Check, number])[] = [
    [checkName, 120],
    [checkDescription, 2_000],
    [checkReason, 500],
    [checkEventName, 200],
    [checkPropertyName, 120],
    [checkPattern, 500],
  ];
  for (const [check, most] of limits) {
    expect([most, refusal(check, '🎉'.repeat(most))]).toEqual([most, '']);
    expect(refusal(check, '🎉'.repeat(most + 1))).toContain('this one is longer');
  }
});

describe('S1: names are compared NFC, trimmed and case-folded', () => {
  test.each([
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['Ångström', 'A\u030angstro\u0308m'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ﬁnance', 'FINANCE'],
    ['ŉ', 'ʼN'],
    ['  VIP\t', 'vip'],
    ['İstanbul', 'i\u0307stanbul'],
    ['a\u200db', 'ab'],
    ['❤\ufe0f', '❤'],
  ])('%j and %j are one name', (a, b) => expect(foldName(a)).toBe(foldName(b)));

  test.each([
    ['ısı', 'isi'],
    ['resume', 'résumé'],
    ['a b', 'ab'],
    ['I', 'ı'],
    ['1', '１'],
  ])('%j and %j are two names', (a, b) => expect(foldName(a)).not.toBe(foldName(b)));

  test('a plain name is folded as it is beside a letter that needs all the care', () => {
    const plain = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    fc.assert(fc.property(plain, (text) => expect(foldName(`é${text}é`)).toBe(`é${foldName(`x${text}x`).slice(1, -1)}é`)));
    fc.assert(fc.property(plain, (text) => expect(foldName(` ${text} `)).toBe(foldName(text))));
  });

  test('the Turkish I is folded alike in every locale', () => expect(foldName('TITLE')).toBe('title'));

  test('folding is settled after once, and blind to case and composition', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const folded = foldName(text);
        expect(foldName(folded)).toBe(folded);
        expect(foldName(text.toLowerCase())).toBe(folded);
        expect(foldName(text.normalize('NFD'))).toBe(folded);
        expect(foldName(cleanName(text))).toBe(folded);
      }),
    );
  });

  test('it is settled for every character there is', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const folded = foldName(`a${String.fromCodePoint(code)}\u0301`);
      if (foldName(folded) !== folded) throw new Error(`U+${code.toString(16)} folds further when folded again`);
    }
  });

  test('a name is stored trimmed and composed', () => expect(cleanName(' e\u0301 A ')).toBe('é A'));
});

describe('a name', () => {
  test.each([
    'x',
    ' x ',
    'é'.repeat(120),
    'e\u0301'.repeat(120),
    '👍'.repeat(120),
    '👩‍👩‍👧',
    'می‌خواهم',
    'iPhone users in New York',
    '<b>',
    '__proto__',
  ])('may be %j', (name) => expect(refusal(checkName, name)).toBe(''));

  test.each([
    ['', '1 to 120'],
    ['   ', 'visible'],
    ['\u3164\u200d', 'visible'],
    ['x'.repeat(121), 'longer'],
    ['👍'.repeat(121), 'longer'],
    ['a\u0000b', 'control'],
    ['a\nb', 'control'],
    ['a\u0085b', 'control'],
    ['a\u2028b', 'control'],
    ['a\u202eb', 'invisible'],
    ['a\u200bb', 'invisible'],
    ['a\ufeffb', 'invisible'],
    ['a\u00adb', 'invisible'],
    ['a\ud800b', 'half a character'],
    [3, 'not a number'],
    [null, 'not null'],
    [undefined, 'not nothing'],
    [['x'], 'not a list'],
  ])('may not be %j', (name, words) => expect(refusal(checkName, name)).toContain(words));

  test('a hostile megabyte of combining marks is refused at once', () => {
    const before = mainThreadCpuMs();
    expect(refusal(checkName, `a${'\u0301\u0316'.repeat(500_000)}`)).toContain('longer');
    expect(mainThreadCpuMs() - before).toBeLessThan(500);
  });

  test('what is let in folds to something, and stays valid once cleaned', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 130 }), (name) => {
        fc.pre(checkName(name, 'p').length === 0);
        expect(foldName(name)).not.toBe('');
        expect(checkName(cleanName(name), 'p')).toEqual([]);
      }),
    );
  });
});

describe('K1: a key’s name is as the app’s code spells it', () => {
  test.each(['a', '_', 'dark_mode', 'Dark.Mode-2', 'constructor', `a${'b'.repeat(119)}`])('%s', (name) =>
    expect(refusal(checkKeyName, name)).toBe(''),
  );
  test.each(['', '1a', '-a', 'a b', ' a', 'a\n', 'é', `a${'b'.repeat(120)}`, 'a\u0000', 7, null, undefined, ['a']])('not %j', (name) =>
    expect(refusal(checkKeyName, name)).toContain('begin with a letter or _'),
  );
  test('not __proto__', () => expect(refusal(checkKeyName, '__proto__')).toContain('__proto__'));
});

describe('other texts say what is allowed', () => {
  test.each<[string, Check, unknown]>([
    ['a project id', checkProjectId, 'shop-ios-2'],
    ['a project id of 63', checkProjectId, 'a'.repeat(63)],
    ['a description', checkDescription, ''],
    ['a description with lines', checkDescription, 'one\r\n\ttwo \u200f'],
    ['a description of 2,000', checkDescription, '👍'.repeat(2_000)],
    ['a reason of 500', checkReason, 'x'.repeat(500)],
    ['a command id', checkCommandId, ' ~'.repeat(64)],
    ['an event', checkEventName, 'Checkout: paid €'],
    ['an event of 200', checkEventName, '👍'.repeat(200)],
    ['a property of 120', checkPropertyName, 'é'.repeat(120)],
  ])('%s is let in', (_what, check, value) => expect(refusal(check, value)).toBe(''));

  test.each<[Check, unknown, string]>([
    [checkProjectId, 'a', '2 to 63'],
    [checkProjectId, 'Shop', 'a-z 0-9 -'],
    [checkProjectId, '1shop', 'begin with a letter'],
    [checkProjectId, 'a'.repeat(64), '2 to 63'],
    [checkProjectId, null, '2 to 63'],
    [checkDescription, 'x'.repeat(2_001), 'at most 2,000 characters'],
    [checkDescription, 'a\u0000', 'control'],
    [checkDescription, '\udfff', 'lone surrogate'],
    [checkDescription, {}, 'not an object'],
    [checkReason, 'x'.repeat(501), 'at most 500 characters'],
    [checkReason, 1, 'not a number'],
    [checkCommandId, '', '1 to 128 printable ASCII'],
    [checkCommandId, 'x'.repeat(129), '1 to 128 printable ASCII'],
    [checkCommandId, 'é', 'printable ASCII'],
    [checkCommandId, 'a\n', 'printable ASCII'],
    [checkEventName, '', 'not empty'],
    [checkEventName, ' Purchase', 'no space at either end'],
    [checkEventName, 'x'.repeat(201), '1 to 200 characters'],
    [checkEventName, 'a\tb', 'control'],
    [checkEventName, 'a\u202eb', 'invisible'],
    [checkEventName, undefined, 'not nothing'],
    [checkPropertyName, '__proto__', 'JavaScript'],
    [checkPropertyName, 'x'.repeat(121), '1 to 120 characters'],
    [checkPropertyName, 'a\ud800', 'lone surrogate'],
  ])('%p refuses %j', (check, value, words) => expect(refusal(check, value)).toContain(words));
});

describe('what shows nothing is no name', () => {
  const BLANKS = [
    '\u2800',
    '\u3164',
    '\uffa0',
    '\u115f',
    '\u{1d159}',
    '\u{13441}',
    '\u{13442}',
    '\u{16fe4}',
    '\u00a0',
    '\u3000',
    '\u2800 \u2800',
  ];
  test.each(BLANKS)('%j', (blank) => {
    expect(refusal(checkName, blank)).not.toBe('');
    expect(refusal(checkEventName, blank)).not.toBe('');
    expect(refusal(checkPropertyName, blank)).not.toBe('');
    expect(refusal(checkName, `a${blank}b`)).toBe('');
  });

  test('but one that is stored already may be given again, and no other', () => {
    expect(checkName('\u2800', 'p', ['\u2800'])).toEqual([]);
    expect(checkName('\u2800\u2800', 'p', ['\u2800'])).toHaveLength(1);
  });
});
