import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical } from '../../src/domain/json';
import { MemoryEventStore } from '../../src/event-store/memory';
import { history } from '../fixtures/events';
import { Stack, type By } from '../fixtures/stack';

interface Head {
  readonly projectId: string;
  readonly revision: number;
  readonly hash: string;
  readonly signedAt: string;
  readonly keyId: string;
  readonly signature: string;
  readonly line: string;
  readonly publicKey: string;
}

const FIELDS = 'projectId revision hash signedAt keyId signature line publicKey';
const SIGN = `mutation ($projectId: ID!) { signHead(input: { projectId: $projectId }) { ... on SignedHead { ${FIELDS} } ... on Refusal { code message } } }`;
const LIST = `query ($first: Int, $before: Int) { signedHeads(projectId: "shop", first: $first, before: $before) { ${FIELDS} } }`;
const AUDITOR: By = { actor: 'auditor', roles: { shop: ['auditor'] } };

let stack: Stack;
beforeEach(async () => (stack = await Stack.start()));
afterEach(() => stack.stop());

const sign = async <Answer = Head>(projectId = 'shop'): Promise<Answer> =>
  (await stack.ask<{ signHead: Answer }>(SIGN, { projectId }, { roles: { '*': ['auditor'] } })).signHead;
const list = async (variables = {}): Promise<Head[]> =>
  (await stack.ask<{ signedHeads: Head[] }, object>(LIST, variables, AUDITOR)).signedHeads;
const createKey = (name: string): Promise<unknown> =>
  stack.ask(`mutation { createKey(input: { projectId: "shop", name: "${name}", type: NUMBER, defaultValue: 1 }) { __typename } }`);

test('an auditor has the head signed, and can check the signature with nothing but a library', async () => {
  await createKey('a');
  const head = await sign();
  expect(head).toMatchObject({ projectId: 'shop', revision: 1, hash: (await stack.events())[1]?.hash });
  const { signature, ...record } = JSON.parse(head.line) as Record<string, string>;
  expect({ ...record, signature }).toEqual({
    projectId: 'shop',
    revision: 1,
    hash: head.hash,
    signedAt: head.signedAt,
    keyId: head.keyId,
    signature: head.signature,
  });
  expect(verify(null, Buffer.from(canonical(record)), createPublicKey(head.publicKey), Buffer.from(signature!, 'base64'))).toBe(true);
  expect(readFileSync(join(stack.dataDir, 'heads.log'), 'utf8')).toBe(`${head.line}\n`);
});

test('they are listed newest first, a page at a time', async () => {
  expect(await list()).toEqual([]);
  const signed: Head[] = [];
  for (const name of ['a', 'b', 'c']) {
    await createKey(name);
    signed.unshift(await sign());
  }
  expect(await list()).toEqual(signed);
  expect(await list({ first: 2 })).toEqual(signed.slice(0, 2));
  expect(await list({ first: 2, before: 2 })).toEqual(signed.slice(2));
  expect(await stack.fail(LIST, { first: 501 }, AUDITOR)).toEqual({
    code: 'BAD_REQUEST',
    message: '`first` must be from 1 to 500, not 501.',
  });
});

test('a project that is not there has none', async () => {
  expect(await sign<object>('missing')).toEqual({ code: 'NOT_FOUND', message: 'There is no project "missing".' });
});

test('a history that is not what was signed is not signed again', async () => {
  await sign();
  const rewritten = new MemoryEventStore();
  await rewritten.append('shop', -1, history('shop', 5));
  stack.store.read = rewritten.read.bind(rewritten);
  const { code, message } = await stack.fail(SIGN, { projectId: 'shop' }, AUDITOR);
  expect(code).toBe('HISTORY_BROKEN');
  expect(message).toMatch(/^The head was not signed, for the record is not whole: revision 0 of project "shop": it does not have the hash/);
  expect(await list()).toHaveLength(1);
});
