import { Stack, schema, type By } from '../fixtures/stack';

interface Action {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
}

let stack: Stack;
beforeAll(async () => (stack = await Stack.start({ limits: { runningExperiments: 2, keys: 8 } })));
afterAll(() => stack.stop());

const LISTS = ['keys', 'segments', 'goals', 'flags', 'configs', 'experiments', 'holdouts'] as const;
const FIELDS = 'name viewerMay { action allowed reason }';
const things = LISTS.map((list) =>
  `${list}(archived: INCLUDE) { nodes { ${list === 'keys' ? '' : 'id'} ${FIELDS} } }`.replace(/holdouts\(.*?\)/, 'holdouts'),
);
const ALL = `{ project(id: "shop") { id ${FIELDS} exclusivity { viewerMay { action allowed reason } } ${things.join(' ')} } }`;

interface Thing {
  readonly id?: string;
  readonly name: string;
  readonly viewerMay: readonly Action[];
}
type Project = Thing & { readonly exclusivity: Thing } & {
  readonly [List in (typeof LISTS)[number]]: { readonly nodes: readonly Thing[] };
};

async function whole(by?: By): Promise<Project> {
  return (await stack.ask<{ project: Project }>(ALL, {}, by)).project;
}

/** Everything there is, with the word for its kind that mutations have. */
async function each(by?: By): Promise<(Thing & { readonly kind: string })[]> {
  const project = await whole(by);
  return [
    { ...project, kind: 'Project' },
    { ...project.exclusivity, kind: 'Exclusivity' },
    ...LISTS.flatMap((list) => project[list].nodes.map((node) => ({ ...node, kind: list.charAt(0).toUpperCase() + list.slice(1, -1) }))),
  ];
}

async function write(
  mutation: string,
  input: object,
): Promise<{ readonly __typename: string; readonly id?: string; readonly message?: string }> {
  const type = schema.getMutationType()?.getFields()[mutation]?.args[0]?.type;
  const document = `mutation ($input: ${String(type)}) { ${mutation}(input: $input) { __typename ... on Refusal { message } ... on Entity { version } } }`;
  const answer = await stack.ask<Record<string, { readonly __typename: string }>>(document, { input: { projectId: 'shop', ...input } });
  return answer[mutation]!;
}

async function create(mutation: string, input: object): Promise<string> {
  const kind = mutation.replace('create', '');
  const type = `Create${kind}Input!`;
  const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { ... on ${kind} { id } ... on Refusal { message } } }`;
  const answer = await stack.ask<Record<string, { readonly id: string }>>(document, { input: { projectId: 'shop', ...input } });
  return answer[mutation]!.id;
}

const rule = { property: { name: 'geo.country', operator: 'EQUALS', value: 'NO' } };

beforeAll(async () => {
  for (const name of ['price', 'banner', 'layout', 'spare', 'old']) await write('createKey', { name, type: 'NUMBER', defaultValue: 1 });
  const [used, , gone] = [
    await create('createSegment', { name: 'Used', rule }),
    await create('createSegment', { name: 'Unused', rule }),
    await create('createSegment', { name: 'Gone', rule }),
  ];
  const goal = await create('createGoal', { name: 'Purchase', event: 'purchase' });
  await create('createFlag', { name: 'Live', key: 'price', rows: [{ segmentId: used, value: 2 }] });
  await create('createFlag', { name: 'Back', key: 'old', rows: [{ segmentId: gone, value: 2 }] });
  await create('createConfig', { name: 'Config', keys: ['banner'] });
  const variants = [
    { name: 'control', control: true, weight: 50, values: [] },
    { name: 'b', control: false, weight: 50, values: [{ key: 'layout', value: 2 }] },
  ];
  for (const name of ['A', 'B', 'C', 'D']) {
    await create('createExperiment', { name, keys: ['layout'], goalIds: [goal], variants, audienceId: null });
  }
  await write('createHoldout', { name: 'Ten', share: 10 });
});

/** Of each thing: what it must say, or its input to be asked, beside which thing it is. */
const MORE: Readonly<Record<string, object>> = {
  EDIT: { description: 'another one' },
  ROLL_OUT: { variant: 'v2' },
  CHANGE_TRAFFIC: { traffic: 41 },
  RAISE_TRAFFIC: { traffic: 100 },
  RECORD_DECISION: { decision: 'SHIP', reason: 'It sells more.' },
};

const mutationOf = (action: string, kind: string): string => {
  const [verb = '', ...rest] = action.toLowerCase().split('_');
  const after = rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  if (action === 'RECORD_DECISION') return 'recordDecision';
  return action === 'ROLL_OUT' ? `rollOut${kind}` : `${verb}${kind}${after}`;
};

test('whatever is said to be allowed is carried out, and whatever is not is refused in the same words', async () => {
  // Numbers that go through all things and actions, again and again, in another order each time.
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return Math.floor((seed / 2_147_483_647) * below);
  };
  const seen = { allowed: new Set<string>(), refused: new Set<string>() };
  for (let step = 0; step < 120; step++) {
    const all = await each();
    const thing = all[next(all.length)]!;
    const { action, allowed, reason } = thing.viewerMay[next(thing.viewerMay.length)]!;
    const which = thing.kind === 'Key' ? { name: thing.name } : ['Project', 'Exclusivity'].includes(thing.kind) ? {} : { id: thing.id };
    const before = await stack.events();
    const answer = await write(mutationOf(action, thing.kind), { ...which, ...(MORE[action] ?? {}) });
    const wrote = (await stack.events()).length > before.length;
    seen[allowed ? 'allowed' : 'refused'].add(action);
    if (reason === 'It is so already: nothing would change.' || action === 'CHANGE_TRAFFIC' || action === 'EDIT') {
      if (!allowed) expect(wrote).toBe(false);
    } else {
      expect([thing.kind, action, allowed, answer.message ?? null]).toEqual([thing.kind, action, wrote, reason]);
    }
  }
  expect(seen.allowed.size).toBeGreaterThan(10);
  expect(seen.refused.size).toBeGreaterThan(8);
});

test('a thing in use says so before it is archived, and a name that is taken before it is restored', async () => {
  const action = async (list: (typeof LISTS)[number], name: string, which: string) => {
    const { nodes } = (await whole())[list];
    return nodes.find((node) => node.name === name)?.viewerMay.find(({ action: of }) => of === which);
  };
  await write('createKey', { name: 'held', type: 'NUMBER', defaultValue: 1 });
  const flag = await create('createFlag', { name: 'Holder', key: 'held' });
  expect(await action('keys', 'held', 'ARCHIVE')).toMatchObject({
    allowed: false,
    reason: expect.stringContaining('used by flag "Holder"'),
  });
  expect(await action('flags', 'Holder', 'RESUME')).toMatchObject({ allowed: false, reason: expect.stringContaining('is draft') });
  await write('archiveFlag', { id: flag });
  expect(await action('keys', 'held', 'ARCHIVE')).toEqual({ action: 'ARCHIVE', allowed: true, reason: null });
  expect(await action('flags', 'Holder', 'EDIT')).toMatchObject({ allowed: false, reason: expect.stringContaining('Restore it') });
  expect(await action('flags', 'Holder', 'RESTORE')).toMatchObject({ allowed: true });
  await create('createFlag', { name: 'Holder', key: 'held' });
  const { nodes } = (await whole()).flags;
  const restore = nodes.find(({ id }) => id === flag)?.viewerMay.find(({ action: of }) => of === 'RESTORE');
  expect(restore).toMatchObject({ allowed: false, reason: expect.stringContaining('There is already a flag named "Holder"') });
});

test('without the right the reason is the role that it takes, for each kind by the rights of its own commands', async () => {
  const experiences = ['Flag', 'Config', 'Experiment'];
  for (const role of ['member', 'auditor', 'creator'] as const) {
    for (const { kind, viewerMay } of await each({ roles: { shop: [role] } })) {
      const right =
        role === 'creator' && experiences.includes(kind) ? null : experiences.includes(kind) ? 'write experiences' : 'write set-up';
      for (const { allowed, reason } of viewerMay) {
        if (right === null) expect(reason ?? '').not.toContain('which this token does not have');
        else expect([kind, allowed, reason]).toEqual([kind, false, expect.stringContaining(`To ${right} in "shop" takes the role admin`)]);
      }
    }
  }
});

test('of the past nothing can be changed, and an unreachable ledger costs this field alone', async () => {
  const then =
    '{ project(id: "shop", asOf: { revision: 3 }) { viewerMay { allowed reason } keys { nodes { viewerMay { allowed reason } } } } }';
  const { project } = await stack.ask<{ project: Thing & { keys: { nodes: Thing[] } } }>(then);
  for (const { allowed, reason } of [...project.viewerMay, ...project.keys.nodes.flatMap(({ viewerMay }) => viewerMay)]) {
    expect([allowed, reason]).toEqual([false, 'This is what it was: of the past nothing can be changed. Read it as it is now.']);
  }
  const read = jest.spyOn(stack.store, 'read').mockImplementation(() => {
    throw new Error('away');
  });
  const { data, errors } = await stack.run<{ key: object }>('{ key(projectId: "shop", name: "price") { name viewerMay { action } } }');
  read.mockRestore();
  expect(data?.key).toEqual({ name: 'price', viewerMay: null });
  expect(errors).toHaveLength(1);
});

test('every mutation on one thing that is there is an action of its kind, and the other way round', async () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const ofThings = mutations.filter(({ args }) => /^(Edit|Roll|Change|Raise|Clone|\w+Input!$)/.test(String(args[0]?.type)));
  const kinds = ['Project', 'Exclusivity', 'Key', 'Segment', 'Goal', 'Flag', 'Config', 'Experiment', 'Holdout'];
  const actions = (await each()).flatMap(({ kind, viewerMay }) => viewerMay.map(({ action }) => mutationOf(action, kind)));
  const expected = ofThings
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('create') && [...kinds, 'Decision'].some((kind) => name.includes(kind)));
  expect([...new Set(actions)].sort()).toEqual(expected.filter((name) => !/unparkProject/.test(name)).sort());
});
