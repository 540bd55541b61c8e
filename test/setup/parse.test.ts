import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOTHING_KNOWN } from '../../src/setup/names';
import { parseSetup, type ParseOptions } from '../../src/setup/parse';

const fixture = (name: string): string => readFileSync(join(__dirname, '../fixtures/setup', name), 'utf8');

/** `line:column path: message`, as a person would read it. */
function errorsIn(text: string, options?: ParseOptions): readonly string[] {
  const parsed = parseSetup(text, options);
  if ('file' in parsed) return [];
  return parsed.errors.map(({ path, message, line, column }) => `${line}:${column} ${path}: ${message}`);
}

describe('a file that is right', () => {
  const parsed = parseSetup(fixture('shop.yaml'));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  const { file, locate } = parsed;

  test('is given in full, references spelled as what they name', () => {
    expect(file.flags).toEqual([
      { name: 'New cart', description: '', key: 'new_cart', status: 'LIVE', rows: [{ segment: 'Buyers', percentage: 2_500, value: true }] },
    ]);
    expect(file.experiments?.[0]).toMatchObject({
      goals: [{ name: 'Big purchase', role: null }],
      rolledOut: 'Darker',
      exclusive: true,
      description: '',
    });
  });

  test('may name a key as JavaScript names its own', () => {
    expect(file.keys?.[2]).toEqual({
      name: 'constructor',
      type: 'JSON',
      default: { parts: [1, 2], more: null },
      description: '',
      archived: false,
    });
    expect(file.configs?.[0]?.rows).toEqual([
      {
        segment: 'iPhone users in New York',
        values: [
          { key: 'home.title', value: 'Hello New York' },
          { key: 'constructor', value: null },
        ],
      },
      { segment: null, values: [{ key: 'constructor', value: [1] }] },
    ]);
  });

  test('can be pointed at, for what is found out later', () => {
    expect(locate('configs.0.rows.0.values.home.title')).toEqual({ line: 51, column: 31 });
    expect(locate('flags.0.rows.0.segment')).toEqual({ line: 44, column: 20 });
    expect(locate('experiments.0.status')).toEqual({ line: 64, column: 13 });
    expect(locate('flags.0.nothing.there')).toEqual(locate('flags.0'));
  });

  test('says nothing of a list that it leaves out', () => {
    expect(parseSetup('version: 2')).toMatchObject({ file: {} });
    expect(parseSetup('{"version": 2,\n\t"keys": [],\n\t"$schema": "x"}')).toMatchObject({ file: { keys: [] } });
  });
});

test('all that is wrong with names, values, rules, shares and references is reported, in the order of the file', () => {
  expect(errorsIn(fixture('wrong.yaml'))).toEqual([
    '3:11 keys.0.name: must be 1 to 120 of the characters A-Z a-z 0-9 _ . - and begin with a letter or _',
    '5:14 keys.0.default: must be true or false, because the key is a BOOLEAN, not a text',
    '7:13 keys.2.name: there is already a key "size" in this file',
    '13:21 segments.0.rule.any.0.property.to: must be given: BETWEEN takes `from` and `to`',
    '16:11 segments.2.name: there is already a segment "Everyone new" in this file: choose another name',
    '19:16 goals.0.event: must be the name of an event, 1 to 200 characters, not empty',
    '24:20 flags.0.rows.0.segment: there is no segment "No one" in this file or in the project',
    '24:35 flags.0.rows.0.value: must be a number, because the key is a NUMBER, not a text',
    '25:23 flags.0.rows.1.percentage: must be a percentage from 0 to 100 with at most two decimals',
    '26:22 flags.1.key: is already in the flag "F", and a key is in at most one flag',
    '27:22 flags.2.key: the key "gone" is archived: restore it, or choose another',
    '30:18 configs.0.keys.1: the key "size" is named twice',
    '30:24 configs.0.keys.2: there is no key "none.such" in this file or in the project',
    '32:25 configs.0.rows.0.values.size: must be a number, because the key is a NUMBER, not an object',
    '32:46 configs.0.rows.0.values.other.key: "other.key" is not among the keys named here: size, size, none.such',
    '36:13 experiments.0.goals.0: there is no goal "H" in this file or in the project',
    '38:55 experiments.0.variants.0.values: must be empty: control is what the user would get without the test',
    '39:48 experiments.0.variants.1.values.size: must be a number, because the key is a NUMBER, not a text',
    '41:16 experiments.0.rolledOut: must be the name of a variant: A, a',
    '44:5 experiments.1.variants: must have exactly one control, not 0',
    '44:5 experiments.1.variants: must have weights that sum to 100 %, not 90 %',
    '46:17 experiments.1.variants.1.name: "a" is given twice',
    '47:16 experiments.1.rolledOut: must be left out: only an experiment whose status is ROLLED_OUT has it',
  ]);
});

test('all that is wrong with its shape is reported', () => {
  const text = [
    'version: 2',
    'keyz: []',
    'goals:',
    'keys:',
    '  - name: a',
    '    type: BOOL',
    '    defualt: true',
    'exclusivity: "yes"',
    'flags: [{name: x, key: 12, rows: {}, constructor: 1}]',
  ].join('\n');
  expect(errorsIn(text)).toEqual([
    '2:7 keyz: is not known here: there is version, project, exclusivity, holdout, keys, segments, goals, flags, configs, experiments',
    '3:1 goals: must be a list, not null: leave it out, or write [] to say that there are none',
    '5:5 keys.0.default: must be given',
    '6:11 keys.0.type: must be one of BOOLEAN, STRING, NUMBER, JSON, not "BOOL"',
    '7:14 keys.0.defualt: is not known here: there is name, type, default, description, archived',
    '8:14 exclusivity: must be true or false, not "yes"',
    '9:24 flags.0.key: must be a text, not a number',
    '9:34 flags.0.rows: must be a list, not an object',
    '9:51 flags.0.constructor: is not known here: there is name, description, key, status, rows',
  ]);
});

describe('references may be to what the project has', () => {
  const text = 'version: 2\nflags:\n  - { name: F, key: size, rows: [{ segment: NEW users, value: big }] }\n';

  test('if one says what that is', () => {
    const known = { ...NOTHING_KNOWN, keys: new Map([['size', 'STRING' as const]]), segments: ['New Users'], goals: [] };
    expect(parseSetup(text, { known })).toMatchObject({ file: { flags: [{ rows: [{ segment: 'New Users', value: 'big' }] }] } });
  });

  test('and values must be of the type that the key has there', () => {
    const known = { ...NOTHING_KNOWN, keys: new Map([['size', 'NUMBER' as const]]), segments: ['New Users'], goals: [] };
    expect(errorsIn(text, { known })).toEqual(['3:63 flags.0.rows.0.value: must be a number, because the key is a NUMBER, not a text']);
  });

  test('but not otherwise', () => {
    expect(errorsIn(text)).toHaveLength(2);
  });
});

describe('the version', () => {
  test.each([
    ['version: 3\nnew_things: []', '1:10 version: must be 2: this file is of a later version, which needs a later Experience Ledger'],
    ['keys: []', '1:1 version: must be given: version: 2'],
    ['version: "2"', '1:10 version: must be 2, not a text'],
    ['version: 0', '1:10 version: must be 2, not 0'],
    ['[]', '1:1 : must be an object, not a list'],
    ['', '1:1 : must be an object, not null'],
  ])('%j', (text, error) => expect(errorsIn(text)).toEqual([error]));
});
