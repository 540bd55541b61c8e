import { buildSchema, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { EXPLORER_MUTATION, EXPLORER_QUERY, FIRST_MUTATION } from '../../src/http/first-steps';
import { Stack } from '../fixtures/stack';
import { startServer, type Running } from './running-server';

let running: Running;
beforeAll(async () => (running = await startServer()));
afterAll(() => running.server.stop());

const page = () => fetch(`${running.url}/graphql`, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });

test('a browser that opens /graphql gets a page that may load and ask this server only', async () => {
  const response = await page();
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = response.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
});

test('everything the page names comes from this server', async () => {
  const html = await (await page()).text();
  const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? '').filter((name) => name !== '/explorer/');
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => /^(?:https?:)?\/\//.test(name))).toEqual([]);
  for (const name of named) {
    const response = await fetch(new URL(name, `${running.url}/explorer/`));
    expect([name, response.status]).toEqual([name, 200]);
    // Its connection would stay open.
    await response.arrayBuffer();
  }
});

interface Opened {
  readonly options: {
    readonly initialWindows: readonly { readonly initialQuery: string; readonly initialHeaders: Record<string, string> }[];
    readonly initialEnvironments: { readonly base: { readonly variables: { readonly token: string } } };
  };
  readonly asked: number;
  readonly address: string | undefined;
}

/** What the page's script does in a tab that keeps this, at this address, where a person who is asked answers so. */
async function openIn(
  tab: Map<string, string>,
  hash: string,
  answer: string | null = null,
  session: object | null = null,
): Promise<Opened> {
  const script = await (await fetch(`${running.url}/explorer/options.js`)).text();
  let [options, asked, address]: [unknown, number, string | undefined] = [undefined, 0, undefined];
  await runInNewContext(script, {
    URLSearchParams,
    fetch: async () => ({ ok: true, json: async () => ({ session }) }),
    location: { hash, pathname: '/graphql', search: '' },
    sessionStorage: { getItem: (name: string) => tab.get(name) ?? null, setItem: (name: string, value: string) => tab.set(name, value) },
    history: { replaceState: (_state: unknown, _title: string, path: string) => (address = path) },
    prompt: () => ((asked += 1), answer),
    AltairGraphQL: { init: (given: unknown) => (options = JSON.parse(JSON.stringify(given))) },
  });
  return { options, asked, address } as Opened;
}

const schema = buildSchema(readFileSync(join(__dirname, '../../schema/schema.graphql'), 'utf8'));

test('a first query and a first mutation are filled in, and take the token from one place', async () => {
  const { options } = await openIn(new Map(), '#token=abc');
  expect(options.initialWindows).toHaveLength(2);
  for (const { initialQuery, initialHeaders } of options.initialWindows) {
    expect(validate(schema, parse(initialQuery))).toEqual([]);
    expect(initialQuery).toContain('The token is the variable `token` of the environment');
    expect(initialHeaders).toEqual({ Authorization: 'Bearer {{token}}' });
  }
  expect(options.initialEnvironments.base.variables).toEqual({ token: 'abc' });
});

test('the token is that of the address, which is forgotten, or the one that the tab had, or the one that is pasted', async () => {
  const tab = new Map<string, string>();
  const tokenOf = ({ options }: Opened): string => options.initialEnvironments.base.variables.token;
  const pasted = await openIn(tab, '', ' pasted ');
  expect([tokenOf(pasted), pasted.asked, pasted.address]).toEqual(['pasted', 1, undefined]);
  const reloaded = await openIn(tab, '');
  expect([tokenOf(reloaded), reloaded.asked]).toEqual(['pasted', 0]);
  const addressed = await openIn(tab, '#token=a.b-c_d');
  expect([tokenOf(addressed), addressed.asked, addressed.address]).toEqual(['a.b-c_d', 0, '/graphql']);
  expect(tokenOf(await openIn(new Map(), '', null))).toBe('');
});

test('in a browser that is signed in, the explorer asks for no token and sends none', async () => {
  const { options, asked } = await openIn(new Map(), '', null, { id: 'one' });
  expect(asked).toBe(0);
  expect(options.initialWindows.map(({ initialHeaders }) => initialHeaders)).toEqual([{}, {}]);
});

test('what the explorer is opened with works at the first click, and twice, also after the first start’s curl', async () => {
  const stack = await Stack.start();
  await stack.ask(FIRST_MUTATION);
  for (let click = 1; click <= 2; click += 1) {
    expect(await stack.ask(EXPLORER_MUTATION)).toMatchObject({
      createProject: { __typename: 'Project' },
      createKey: { __typename: 'Key' },
    });
    const { projects } = await stack.ask<{ projects: { nodes: { id: string }[] } }>(EXPLORER_QUERY);
    expect(projects.nodes.map(({ id }) => id)).toEqual(['explorer', 'my-app', 'shop']);
  }
  await stack.stop();
});

test.each([
  '/explorer/../index.js',
  '/explorer/..%2findex.js',
  '/explorer/%2e%2e/package.json',
  '/explorer/main.js%00',
  '/explorer/assets',
  '/explorer/',
])('no other file can be had: %s', async (path) => {
  expect((await fetch(`${running.url}${path}`)).status).toBeGreaterThanOrEqual(400);
});

test('a program gets JSON, not the page', async () => {
  const response = await fetch(`${running.url}/graphql?query={hello}`, {
    headers: { authorization: `Bearer ${running.token}`, accept: '*/*' },
  });
  expect(await response.json()).toEqual({ data: { hello: 'you' } });
});
