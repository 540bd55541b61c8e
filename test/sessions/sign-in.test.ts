import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type WebSocket from 'ws';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { BrowserSession, closeCode } from '../fixtures/browser-session';

const VIEWER = '{ viewer { actor { subject } } }';
let dataDir: string;
let running: Running;
const environment = () => ({ DATA_DIR: dataDir, PORT: '0', EVENT_STORE: 'memory:', TRUSTED_PROXIES: '1' });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sign-in-'));
  running = await start(readSettings(environment()), { logger: pino({ level: 'silent' }) });
  await running.ready;
});
afterAll(async () => {
  await running.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const codeIn = (link: string | undefined): string => /^http:\/\/[^#]+\/#key=([\w.-]+)$/m.exec(link ?? '')?.[1] ?? '';
const newCode = async (): Promise<string> => codeIn((await typingIn(environment())('open')).out);

async function signedIn(): Promise<BrowserSession> {
  const browser = new BrowserSession(running.url);
  expect(await browser.signIn({ token: running.firstToken })).toMatchObject({ status: 200 });
  return browser;
}

describe('signing in', () => {
  test('by the link of the first start, once', async () => {
    const code = codeIn(running.firstLink);
    const browser = new BrowserSession(running.url);
    expect(await browser.signIn({ code })).toMatchObject({ status: 200, body: { actor: { id: 'admin' }, roles: { '*': ['admin'] } } });
    expect(await browser.ask(VIEWER)).toMatchObject({ status: 200, body: { data: { viewer: { actor: { subject: 'admin' } } } } });
    const second = new BrowserSession(running.url);
    expect(await second.signIn({ code })).toMatchObject({
      status: 401,
      body: { errors: [{ message: expect.stringContaining('has been used') as string, extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(second.cookie).toBe('');
  });

  test('by a link that "open" prints, also when two ask at once: one gets in', async () => {
    const code = await newCode();
    const answers = await Promise.all([1, 2, 3].map(() => new BrowserSession(running.url).signIn({ code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(JSON.parse((await typingIn(environment())('open', '--json', '--url', 'https://ledger.example/x')).out)).toMatchObject({
      link: expect.stringMatching(/^https:\/\/ledger\.example\/#key=/) as string,
    });
  });

  test('by a token, no longer than the token lasts, and with no more than it allows', async () => {
    const { out } = await typingIn(environment())('token', '--role', 'member', '--project', 'shop', '--ttl', '1h', '--subject', 'u-1');
    const browser = new BrowserSession(running.url);
    const { body } = await browser.signIn({ token: out.trim() });
    expect(body).toMatchObject({ actor: { id: 'u-1' }, roles: { shop: ['member'] } });
    expect(Date.parse((body as { endsAt: string }).endsAt) - Date.now()).toBeLessThanOrEqual(3_600_000);
    const { body: refused } = await browser.ask('mutation { createProject(input: { projectId: "x1", name: "X" }) { __typename } }');
    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  test.each([
    [{ token: 'nonsense' }, 401, /malformed/],
    [{ code: 'nonsense' }, 401, /older than 15 minutes/],
    [{ password: 'x' }, 400, /Send \{"token"/],
    [{ token: 'a', code: 'b' }, 400, /Send \{"token"/],
  ])('%p is refused in words', async (credential, status, message) => {
    const answer = await new BrowserSession(running.url).signIn(credential);
    expect(answer).toMatchObject({ status, body: { errors: [{ message: expect.stringMatching(message) as string }] } });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('a token is no code, a code no token, and neither of them a session', async () => {
    const code = await newCode();
    expect((await new BrowserSession(running.url).signIn({ token: code })).status).toBe(401);
    expect((await new BrowserSession(running.url).signIn({ code: running.firstToken })).status).toBe(401);
    const browser = await signedIn();
    const value = browser.cookie.split('=')[1] ?? '';
    expect((await new BrowserSession(running.url).ask(VIEWER, { authorization: `Bearer ${value}` })).status).toBe(401);
    const name = browser.cookie.split('=')[0] ?? '';
    expect((await new BrowserSession(running.url).ask(VIEWER, { cookie: `${name}=${running.firstToken}` })).status).toBe(401);
  });

  test('the cookie is out of reach of scripts and other sites, and of HTTP where the page came by HTTPS', async () => {
    const plain = await new BrowserSession(running.url).signIn({ token: running.firstToken });
    expect(plain.headers['set-cookie']?.[0]).toMatch(/^ledger-\w{12}=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43\d{3}$/);
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ledger.example' };
    const secure = await new BrowserSession(running.url, 'https://ledger.example').signIn({ token: running.firstToken }, forwarded);
    expect(secure.headers['set-cookie']?.[0]).toMatch(
      /^__Host-ledger-\w{12}=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
    );
  });

  test('what is known of the sign-in is open to all, and says nothing of others', async () => {
    const state = { signIn: { link: true, provider: null } };
    expect((await new BrowserSession(running.url).send('GET', '/session')).body).toEqual({ session: null, ...state });
    expect((await (await signedIn()).send('GET', '/session')).body).toMatchObject({ session: { actor: { id: 'admin' } }, ...state });
  });
});

describe('with the cookie alone', () => {
  test.each(['https://evil.example', 'http://127.0.0.1:1', 'null', null])('a page of %p is refused', async (origin) => {
    const foreign = (await signedIn()).as(origin);
    expect(await foreign.ask(VIEWER)).toMatchObject({ status: 403, body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } });
    expect((await foreign.send('DELETE', '/session')).status).toBe(403);
    expect(await foreign.socket()).toBe(403);
    expect((await foreign.signIn({ token: running.firstToken })).status).toBe(403);
  });

  test('only JSON is taken, and only by POST; a token in the header is taken as before', async () => {
    const browser = await signedIn();
    expect((await browser.ask(VIEWER, { 'content-type': 'text/plain' })).status).toBe(403);
    expect((await browser.send('GET', '/graphql?query={viewer{actor{id}}}')).status).toBe(403);
    expect((await browser.send('GET', '/metrics')).status).toBe(403);
    const byToken = browser.as('https://evil.example');
    expect((await byToken.ask(VIEWER, { authorization: `Bearer ${running.firstToken}` })).status).toBe(200);
  });

  test('signing out ends the session, its socket and its stream at once, and no others', async () => {
    const [browser, other] = [await signedIn(), await signedIn()];
    const [socket, otherSocket] = [(await browser.socket()) as WebSocket, (await other.socket()) as WebSocket];
    await browser.ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
    const stream = browser.ask('subscription { changes(projectId: "shop") { __typename } }', { accept: 'text/event-stream' }).then(
      () => 'ended',
      (error: Error) => error.message,
    );
    const closed = closeCode(socket);
    const kept = browser.as(browser.url);
    expect((await browser.send('DELETE', '/session', undefined, { 'content-type': 'application/json' })).status).toBe(204);
    expect(browser.cookie).toBe('');
    expect(await closed).toBe(4401);
    expect(await stream).toBe('aborted');
    expect(await kept.ask(VIEWER)).toMatchObject({ status: 401, body: { errors: [{ message: 'The session has ended. Sign in again.' }] } });
    expect(await kept.socket()).toBe(4401);
    expect([otherSocket.readyState, (await other.ask(VIEWER)).status]).toEqual([otherSocket.OPEN, 200]);
    otherSocket.close();
  });
});

describe('an operator', () => {
  const SESSIONS = `query ($actor: ID, $first: Int, $after: ID) { sessions(actor: $actor, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { id by isCurrent actor { id } roles { projectId roles } startedAt endsAt } } }`;
  const ISSUE = `mutation ($input: IssueTokenInput!) { issueToken(input: $input) { __typename ... on IssuedToken { token actor { id } roles { projectId roles } }
    ... on InvalidInput { problems { path message } } } }`;
  const END = `mutation ($session: ID!) { ended: endSession(input: { session: $session }) { __typename ... on EndedSessions { count } ... on Refusal { message } } }`;
  const END_ALL = `mutation ($actor: ID!) { ended: endSessionsOf(input: { actor: $actor }) { ... on EndedSessions { count } } }`;
  interface Listed {
    readonly sessions: {
      readonly totalCount: number;
      readonly pageInfo: { readonly endCursor: string };
      readonly nodes: { readonly id: string }[];
    };
  }

  const data = async <T>(browser: BrowserSession, query: string, variables: object = {}): Promise<T> => {
    const { body } = await browser.send('POST', '/graphql', { query, variables });
    const { data: given, errors } = body as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return given;
  };
  const later = (ms: number) => new Date(Date.now() + ms).toISOString();
  const issued = async (admin: BrowserSession, subject: string, roles: object[]): Promise<string> => {
    const input = { subject, name: 'Una', roles, expiresAt: later(600_000) };
    const { issueToken } = await data<{ issueToken: { __typename: string; token: string } }>(admin, ISSUE, { input });
    expect(issueToken).toMatchObject({ __typename: 'IssuedToken', actor: { id: `*/user/${subject}` }, roles });
    return issueToken.token;
  };

  test('has a token signed, which its bearer signs in with, sees the session, and ends one, or all of one actor', async () => {
    const admin = await signedIn();
    const token = await issued(admin, 'una', [{ projectId: 'shop', roles: ['MEMBER'] }]);
    const browsers = [1, 2, 3].map(() => new BrowserSession(running.url));
    for (const browser of browsers) expect((await browser.signIn({ token })).status).toBe(200);
    const actor = '*/user/una';
    const first = (await data<Listed>(admin, SESSIONS, { actor, first: 2 })).sessions;
    expect(first).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
      nodes: [{ by: 'TOKEN', isCurrent: false, actor: { id: actor }, roles: [{ projectId: 'shop', roles: ['MEMBER'] }] }, {}],
    });
    const rest = (await data<Listed>(admin, SESSIONS, { actor, first: 2, after: first.pageInfo.endCursor })).sessions;
    expect(rest).toMatchObject({ pageInfo: { hasNextPage: false, hasPreviousPage: true }, nodes: [{ by: 'TOKEN' }] });
    expect(new Set([...first.nodes, ...rest.nodes].map(({ id }) => id)).size).toBe(3);

    const socket = closeCode((await browsers[0]!.socket()) as WebSocket);
    expect(await data(admin, END, { session: rest.nodes[0]!.id })).toEqual({ ended: { __typename: 'EndedSessions', count: 1 } });
    expect(await data(admin, END, { session: rest.nodes[0]!.id })).toMatchObject({ ended: { count: 0 } });
    expect(await data(admin, END, { session: 'shop' })).toMatchObject({
      ended: { __typename: 'InvalidInput', message: expect.stringContaining('must be the `id` of a session') as string },
    });
    expect(await data(admin, END_ALL, { actor })).toEqual({ ended: { count: 2 } });
    expect(await socket).toBe(4401);
    for (const browser of browsers) expect((await browser.ask(VIEWER)).status).toBe(401);
    expect((await data<Listed>(admin, SESSIONS)).sessions.nodes).toContainEqual(expect.objectContaining({ isCurrent: true }));
  });

  test('an auditor of all projects sees sessions and ends none; others see none, and only an admin of all has tokens signed', async () => {
    const admin = await signedIn();
    const as = async (subject: string, projectId: string, role: string): Promise<BrowserSession> => {
      const browser = new BrowserSession(running.url);
      await browser.signIn({ token: await issued(admin, subject, [{ projectId, roles: [role] }]) });
      return browser;
    };
    const auditor = await as('aud', '*', 'AUDITOR');
    const projectAdmin = await as('adm', 'shop', 'ADMIN');
    const { nodes } = (await data<Listed>(auditor, SESSIONS)).sessions;
    const input = { subject: 'x', roles: [{ projectId: 'shop', roles: ['APP'] }], expiresAt: later(60_000) };
    for (const [browser, query, variables] of [
      [auditor, END, { session: nodes[0]!.id }],
      [auditor, END_ALL, { actor: '*/user/admin' }],
      [auditor, ISSUE, { input }],
      [projectAdmin, SESSIONS, {}],
      [projectAdmin, ISSUE, { input }],
    ] as const) {
      await expect(data(browser, query, variables)).rejects.toThrow('FORBIDDEN');
    }
  });

  test('reads all that is wrong with what a token is to say', async () => {
    const admin = await signedIn();
    const input = {
      subject: 'a b',
      name: ' ',
      roles: [
        { projectId: 'Shop', roles: [] },
        { projectId: 'Shop', roles: ['APP_SERVER'] },
      ],
      expiresAt: later(-1_000),
    };
    const { issueToken } = await data<{ issueToken: { problems: { path: string }[] } }>(admin, ISSUE, { input });
    const paths = ['subject', 'name', 'roles[0].projectId', 'roles[0].roles', 'roles[1].projectId', 'roles[1].projectId', 'expiresAt'];
    expect(issueToken.problems.map(({ path }) => path)).toEqual(paths);
    const none = { ...input, subject: 'ab', name: 'Ab', roles: [], expiresAt: later(60_000) };
    expect(await data(admin, ISSUE, { input: none })).toMatchObject({ issueToken: { problems: [{ path: 'roles' }] } });
    await expect(data(admin, SESSIONS, { first: 501 })).rejects.toThrow('must be from 0 to');
  });
});
