import type { GraphQLField } from 'graphql';
import { may, RIGHTS, type Right } from '../../src/application/authorization';
import { ALL_PROJECTS, ROLES, type Role } from '../../src/application/caller';
import { schema, Stack, type By } from '../fixtures/stack';
import { minimalRequest } from './minimal-request';

interface Operation {
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  readonly field: GraphQLField<unknown, unknown>;
}

const operations: readonly Operation[] = [
  ...Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => ({ name: field.name, kind: 'query' as const, field })),
  ...Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => ({ name: field.name, kind: 'mutation' as const, field })),
];

/** What changes flags, configs and experiments. What archives several asks for the right of each, and here there are none. */
const EXPERIENCE = /(Flag|Config|Experiment|ExperimentTraffic)$|^(archiveMany|forceVariant|clearOverride|recordDecision)$/;

/** What is about the instance and not about a project. */
const INSTANCE =
  /^(createProject|readModels|unparkProject|forgetActor|sessions|endSession(sOf)?|issueToken|userStore|(accept|rebuild)UserStore(Loss)?|(rebuild|rollBack|discard)ReadModels)$/;

/** The proof of what the history says, for auditors. */
const OF_THE_RECORD = /^(signedHeads|signHead|readModelDigest)$/;

/** For all who have a token, and for all who have any role in the project. */
const FOR_ALL = /^(viewer|server|operators|ruleLimits|sampleSize|names|actorHistory)$/;
const FOR_ANY_ROLE = /^(projects?|node)$/;

const READERS: readonly Role[] = ['admin', 'creator', 'member', 'auditor'];
const FOLLOWERS: readonly Role[] = [...READERS, 'analyst'];

/** In words: an admin does everything; a creator writes flags, configs and experiments; both, members and auditors read; an auditor reads all there is. */
function mayIn(role: Role, { name, kind }: Operation): boolean {
  if (role === 'admin' || FOR_ANY_ROLE.test(name)) return true;
  if (OF_THE_RECORD.test(name) || name === 'readModels' || name === 'userStore' || name === 'sessions') return role === 'auditor';
  if (INSTANCE.test(name)) return false;
  if (kind === 'query') return READERS.includes(role);
  return role === 'creator' && EXPERIENCE.test(name);
}

interface Standing {
  readonly words: string;
  readonly roles: By['roles'];
  readonly may: (operation: Operation) => boolean;
}

const standings: readonly Standing[] = [
  { words: 'no role', roles: {}, may: () => false },
  ...ROLES.flatMap((role): Standing[] => [
    { words: `${role} of the project`, roles: { shop: [role] }, may: (op) => mayIn(role, op) && !INSTANCE.test(op.name) },
    { words: `${role} of another project`, roles: { other: [role] }, may: () => false },
    { words: `${role} of every project`, roles: { [ALL_PROJECTS]: [role] }, may: (op) => mayIn(role, op) },
  ]),
];

let stack: Stack;
beforeAll(async () => (stack = await Stack.start()));
afterAll(() => stack.stop());

async function appended(): Promise<number> {
  let events = 0;
  for await (const { revision } of stack.store.heads()) events += revision + 1;
  return events;
}

test('every operation lets in the roles that it is for, and turns away every other, and nothing is appended then', async () => {
  const wrong: string[] = [];
  for (const operation of operations) {
    const { document, variables } = minimalRequest(operation.kind, operation.field, 'shop');
    for (const { words, roles, may } of standings) {
      const before = await appended();
      const { data, errors = [] } = await stack.run(document, variables, { roles });
      const codes = errors.map(({ extensions, message }) => extensions?.code ?? message);
      // A caller without a role is shown an empty list of projects.
      const allowed = operation.name === 'projects' || FOR_ALL.test(operation.name) || may(operation);
      const asExpected = allowed
        ? codes.length === 0 && data !== undefined
        : codes.join() === 'FORBIDDEN' && (data?.[operation.name] ?? null) === null && (await appended()) === before;
      if (!asExpected)
        wrong.push(`${operation.name} by ${words}: ${allowed ? 'allowed' : 'forbidden'}, but ${JSON.stringify({ data, codes })}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every subscription lets in the roles that it is for, and turns away every other before anything is followed', async () => {
  const subscriptions = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
  expect(subscriptions).toEqual(['changes', 'resultsMoved']);
  for (const role of ROLES) {
    for (const project of ['shop', 'other', ALL_PROJECTS]) {
      const allowed = project !== 'other' && FOLLOWERS.includes(role);
      const result = await stack.subscribe(
        'subscription { changes(projectId: "shop") { __typename } }',
        {},
        { roles: { [project]: [role] } },
      );
      expect([role, project, 'errors' in result ? result.errors?.[0]?.extensions['code'] : 'followed']).toEqual([
        role,
        project,
        allowed ? 'followed' : 'FORBIDDEN',
      ]);
      if (!('errors' in result)) await (result as AsyncGenerator).return(undefined);
      expect(stack.feed.size).toBe(0);
      const moved = await stack.subscribe(
        'subscription { resultsMoved(id: "shop/experiment/x") { digest } }',
        {},
        { roles: { [project]: [role] } },
      );
      // There is no such experiment, which is for readers to know.
      expect([role, project, 'errors' in moved && moved.errors?.[0]?.extensions['code']]).toEqual([
        role,
        project,
        project !== 'other' && READERS.includes(role) ? 'NOT_FOUND' : 'FORBIDDEN',
      ]);
    }
  }
});

test('what is inside a project is for those who may read it, whatever else its other callers may do there', async () => {
  const inside = [
    ['keys { totalCount }', READERS],
    ['flag(id: "shop/flag/x") { name }', READERS],
    ['exclusivity { enabled }', READERS],
    ['history { totalCount }', READERS],
    ['name version head staleSince', ROLES],
  ] as const;
  for (const [selection, readers] of inside) {
    for (const role of ROLES) {
      for (const ask of [`project(id: "shop") { ${selection} }`, `projects { nodes { ${selection} } }`]) {
        const { data, errors = [] } = await stack.run(`{ ${ask} }`, {}, { roles: { shop: [role] } });
        const codes = errors.map(({ extensions }) => extensions?.code);
        const expected = readers.includes(role) ? [] : ['FORBIDDEN'];
        expect([ask, role, codes]).toEqual([ask, role, expected]);
        if (expected.length === 0) expect(JSON.stringify(data)).not.toMatch(/^\{"projects?":null\}|"nodes":\[\]/);
      }
    }
  }
});

test('what a project was is history: for those who may read it', async () => {
  const then = '{ project(id: "shop", asOf: { revision: 0 }) { name } }';
  for (const role of ROLES) {
    const { errors = [] } = await stack.run(then, {}, { roles: { shop: [role] } });
    expect([role, errors.length]).toEqual([role, READERS.includes(role) ? 0 : 1]);
  }
});

test('`projects` lists those in which the caller has any role, and no other', async () => {
  await stack.ask('mutation { createProject(input: { projectId: "garden", name: "Garden" }) { __typename } }');
  const listed = async (roles: By['roles']) => {
    const { projects } = await stack.ask<{ projects: { nodes: { id: string }[] } }>('{ projects { nodes { id } } }', {}, { roles });
    return projects.nodes.map(({ id }) => id);
  };
  for (const role of ROLES) {
    expect(await listed({ shop: [role] })).toEqual(['shop']);
    expect(await listed({ [ALL_PROJECTS]: [role] })).toEqual(['garden', 'shop']);
  }
  expect(await listed({ other: ['admin'] })).toEqual([]);
  expect(await listed({})).toEqual([]);
});

test('`viewer` says under which name, until when, and with which rights in a project; and these are the table of rights', async () => {
  const rightsOf = async (projectId: string, roles: By['roles']) => {
    const document = 'query ($projectId: ID!) { viewer { actor { id subject kind } expiresAt rights(projectId: $projectId) } }';
    const { viewer } = await stack.ask<{ viewer: { actor: object; expiresAt: null; rights: string[] } }>(
      document,
      { projectId },
      { roles },
    );
    expect(viewer).toMatchObject({ actor: { id: '*/user/alice', subject: 'alice', kind: 'USER' }, expiresAt: null });
    return viewer.rights;
  };
  expect(await rightsOf('shop', { shop: ['creator'] })).toEqual([
    'WRITE_EXPERIENCES',
    'LIST_PROJECTS',
    'READ_NAMES',
    'READ_SET_UP',
    'READ_HISTORY',
    'SUBSCRIBE',
    'FORCE_VARIANTS',
  ]);
  expect(await rightsOf('shop', { shop: ['analyst'] })).toEqual(['LIST_PROJECTS', 'READ_NAMES', 'SUBSCRIBE']);
  expect(await rightsOf('shop', { other: ['admin'] })).toEqual([]);
  for (const role of ROLES) {
    for (const project of ['shop', ALL_PROJECTS]) {
      const grants = new Map([[project, new Set([role])]]);
      const expected = (Object.keys(RIGHTS) as Right[]).filter((right) => may({ grants }, right, 'shop'));
      const named = expected.map((right) => right.replace(/[ -]/g, '_').toUpperCase());
      expect(await rightsOf('shop', { [project]: [role] })).toEqual(named);
    }
  }
});

test('`server` says which version answers, since when, and where its tokens come from', async () => {
  expect(await stack.ask('{ server { version startedAt signIn } }', {}, { roles: {} })).toEqual({
    server: { version: '0.0.0', startedAt: '1970-01-01T00:00:00.000Z', signIn: 'LOCAL' },
  });
});

test('the table is walked whole', () => {
  expect(operations.length).toBeGreaterThan(20);
  expect(operations.filter(({ name }) => EXPERIENCE.test(name)).length).toBeGreaterThan(20);
});

test('who is turned away is informed which roles would do', async () => {
  const by: By = { roles: { shop: ['analyst'] } };
  expect(await stack.fail('{ keys(projectId: "shop") { totalCount } }', {}, by)).toEqual({
    code: 'FORBIDDEN',
    message: 'To read set-up in "shop" takes the role admin or creator or member or auditor, which this token does not have.',
  });
  const create = 'mutation { createProject(input: { projectId: "new", name: "New" }) { __typename } }';
  expect(await stack.fail(create, {}, { roles: { new: ['admin'] } })).toEqual({
    code: 'FORBIDDEN',
    message: 'To create projects in "new" takes the role admin in every project ("*"), which this token does not have.',
  });
});

test('a project that is not there is forbidden like any other, so no one learns by asking which there are', async () => {
  const by: By = { roles: { shop: ['member'] } };
  for (const id of ['other', 'no-such-project', '*', '__proto__']) {
    for (const asked of ['project(id: $id) { name }', 'node(id: $id) { id }']) {
      expect((await stack.fail(`query ($id: ID!) { ${asked} }`, { id }, by)).code).toBe('FORBIDDEN');
    }
    for (const kind of ['flag', 'key']) {
      const asked = { id: `${id}/${kind}/x` };
      expect((await stack.fail(`query ($id: ID!) { ${kind}(id: $id) { name } }`, asked, by)).code).toBe('FORBIDDEN');
      expect((await stack.fail('query ($id: ID!) { node(id: $id) { id } }', asked, by)).code).toBe('FORBIDDEN');
    }
  }
});

test('a role under the name "*" is no role in a project called so', async () => {
  const rename = (projectId: string) => ({ input: { projectId, name: 'Mine' } });
  const document = 'mutation ($input: EditProjectInput!) { editProject(input: $input) { __typename } }';
  const by: By = { roles: { shop: ['admin'] } };
  expect((await stack.fail(document, rename('*'), by)).code).toBe('FORBIDDEN');
  expect(await stack.ask(document, rename('shop'), by)).toMatchObject({ editProject: { __typename: 'Project' } });
});
