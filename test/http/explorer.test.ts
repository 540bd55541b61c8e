import { buildSchema, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_MUTATION, FIRST_QUERY } from '../../src/http/first-steps';
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
    expect([name, (await fetch(new URL(name, `${running.url}/explorer/`))).status]).toEqual([name, 200]);
  }
});

test('a first query and a first mutation are filled in, and a place for the token', async () => {
  const options = await (await fetch(`${running.url}/explorer/options.js`)).text();
  expect(options).toContain(FIRST_QUERY);
  expect(options).toContain(FIRST_MUTATION);
  expect(options).toContain('Authorization: `Bearer <');
  const schema = buildSchema(readFileSync(join(__dirname, '../../schema/schema.graphql'), 'utf8'));
  for (const document of [FIRST_QUERY, FIRST_MUTATION]) expect(validate(schema, parse(document))).toEqual([]);
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
