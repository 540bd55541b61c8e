import { leastRight, missingRight, RIGHTS } from '../../src/application/authorization';
import type { Role } from '../../src/application/caller';
import type { Submission } from '../../src/application/execute';
import { CONCEPTS } from '../../src/domain/decider';
import type { Json } from '../../src/domain/json';

type Command = Submission['command'];

const missing = (role: Role, command: Command) => missingRight({ grants: new Map([['shop', new Set([role])]]) }, 'shop', command);
const apply = (setup: Json): Command => ({
  type: 'ApplySetup',
  setup,
  prune: false,
});

test('A7: every type of command has its right', () => {
  const types = [...Object.values(CONCEPTS).flatMap(({ decide }) => Object.keys(decide)), 'ArchiveMany', 'Revert', 'ApplySetup'];
  const rights = types.map((type) => [type, leastRight(type)]);
  expect(rights.filter(([, right]) => right === undefined || !(right in RIGHTS))).toEqual([]);
  expect(leastRight('NoSuchCommand')).toBeUndefined();
});

test('A7: a command about several things asks for the right of each of them', () => {
  const many = (...kinds: ('flag' | 'config' | 'experiment' | 'key')[]): Command => ({
    type: 'ArchiveMany',
    items: kinds.map((kind) => ({ kind, id: 'x' })),
  });
  expect(missing('creator', many('flag', 'config', 'experiment'))).toBeUndefined();
  expect(missing('creator', many('flag', 'key'))).toBe('write set-up');
  expect(missing('member', many('flag'))).toBe('write experiences');
  expect(missing('admin', many('flag', 'key'))).toBeUndefined();
});

test('A7: a revert asks what editing the thing asks', () => {
  const revert = (kind: 'flag' | 'key' | 'project'): Command => ({
    type: 'Revert',
    target: { kind, id: 'x', content: null },
    toVersion: 1,
  });
  expect(missing('creator', revert('flag'))).toBeUndefined();
  expect(missing('creator', revert('key'))).toBe('write set-up');
  expect(missing('creator', revert('project'))).toBe('write set-up');
  expect(missing('admin', revert('project'))).toBeUndefined();
});

test('A7: a set-up file asks what its sections ask', () => {
  expect(missing('creator', apply({ version: 2, flags: [], configs: [], experiments: [] }))).toBeUndefined();
  for (const section of ['project', 'exclusivity', 'keys', 'segments', 'goals', 'unknown', '__proto__']) {
    expect(missing('creator', apply({ version: 2, flags: [], ...JSON.parse(`{"${section}": []}`) }))).toBe('write set-up');
  }
  for (const setup of [{ version: 2 }, [], null, 'flags', 5]) expect(missing('creator', apply(setup))).toBe('write set-up');
  expect(missing('member', apply({ version: 2, flags: [] }))).toBe('write experiences');
  expect(missing('admin', apply({ version: 2, keys: [], flags: [] }))).toBeUndefined();
});

test('the right to create projects means nothing in one project alone', () => {
  expect(missing('admin', { type: 'CreateProject', id: 'shop', name: 'Shop' })).toBe('create projects');
});
