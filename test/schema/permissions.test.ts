import type { GraphQLField } from 'graphql';
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
const EXPERIENCE = /(Flag|Config|Experiment|ExperimentTraffic)$|^archiveMany$/;

/** What is about the instance and not about a project. */
const INSTANCE = /^(createProject|readModels|unparkProject|(rebuild|rollBack|discard)ReadModels)$/;

/** Who changed what, and the proof of it. */
const OF_HISTORY = /^(history|diff|signedHeads|signHead|readModelDigest)$/;

/** In words: an admin does everything, a creator writes flags, configs and experiments, and both, members and auditors, read; auditors read the history as well. */
function mayIn(role: Role, { name, kind }: Operation): boolean {
  if (role === 'admin') return true;
  if (INSTANCE.test(name)) return false;
  if (OF_HISTORY.test(name)) return role === 'auditor';
  if (kind === 'query') return role === 'creator' || role === 'member' || role === 'auditor';
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
      // Anyone who may read no project is shown an empty list of projects.
      const allowed = operation.name === 'projects' || may(operation);
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
  expect(subscriptions).toEqual(['changes']);
  for (const role of ROLES) {
    for (const project of ['shop', 'other', ALL_PROJECTS]) {
      const allowed = project !== 'other' && ['admin', 'auditor', 'analyst'].includes(role);
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
    }
  }
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
  for (const id of ['other', 'no-such-project', '', '*', '__proto__']) {
    expect((await stack.fail('query ($id: ID!) { project(id: $id) { name } }', { id }, by)).code).toBe('FORBIDDEN');
  }
});

test('a role under the name "*" is no role in a project called so', async () => {
  const rename = (projectId: string) => ({ input: { projectId, name: 'Mine' } });
  const document = 'mutation ($input: EditProjectInput!) { editProject(input: $input) { __typename } }';
  const by: By = { roles: { shop: ['admin'] } };
  expect((await stack.fail(document, rename('*'), by)).code).toBe('FORBIDDEN');
  expect(await stack.ask(document, rename('shop'), by)).toMatchObject({ editProject: { __typename: 'Project' } });
});
