import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { serverOf, type Server } from '../../src/cli/server';
import { CommandFailed } from '../../src/cli/verb';
import { issueToken, readSecret } from '../../src/http/tokens';
import { readSettings } from '../../src/settings';
import { serveApp } from './serve';

const PROJECT = 'pizza-shop';
const DAY_MS = 86_400_000;

/** Sets the shop's project up, unless it is there already: what a newcomer has changed in it stays. */
export async function setUpShop(server: Server): Promise<'created' | 'there'> {
  const created = await ask(server, 'createProject', `{ projectId: "${PROJECT}", name: "Pizza shop" }`, {});
  if (created === 'AlreadyExists') return 'there';
  const setup: unknown = parse(await readFile(join(__dirname, 'setup.yaml'), 'utf8'));
  await ask(server, 'applySetup', `{ projectId: "${PROJECT}", setup: $setup }`, { setup });
  return 'created';
}

async function ask({ url, token }: Server, mutation: string, input: string, variables: object): Promise<string> {
  const declared = 'setup' in variables ? '($setup: JSON!)' : '';
  const query = `mutation ${declared} { result: ${mutation}(input: ${input}) { __typename ... on Refusal { message } } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as {
    data?: { result: { __typename: string; message?: string } | null };
    errors?: readonly { message: string }[];
  };
  const { __typename: type, message } = data?.result ?? {};
  if (type !== undefined && (message === undefined || type === 'AlreadyExists')) return type;
  throw new CommandFailed(`The shop's project cannot be set up: ${message ?? errors?.[0]?.message ?? response.status}`);
}

/** A token that may be in a page: for the shop's values alone. */
async function pageToken(environment: NodeJS.ProcessEnv): Promise<string> {
  if (environment['APP_TOKEN']) return environment['APP_TOKEN'];
  const { bytes } = await readSecret(readSettings(environment).dataDir).catch(() => {
    throw new CommandFailed(`Give a token of the role "app" in the project ${PROJECT} as APP_TOKEN.`);
  });
  return issueToken(bytes, { subject: 'pizza-shop', kind: 'service', roles: { [PROJECT]: ['app'] }, ttlMs: DAY_MS });
}

async function main(): Promise<void> {
  const server = await serverOf(process.env, {}, 'sample-app');
  const found = await setUpShop(server);
  const app = await serveApp({ url: server.url, projectId: PROJECT, token: await pageToken(process.env) });
  console.log(`The project ${PROJECT} ${found === 'created' ? 'has been set up' : 'is there already, and stays as it is'}.`);
  console.log(`The shop is open: ${app.url}\nChange its project at ${server.url}, and watch the page. Ctrl-C closes it.`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    const cause = error.cause as { code?: string } | undefined;
    if (error instanceof CommandFailed) console.error(error.message);
    else if (cause?.code === 'ECONNREFUSED') console.error('There is no server here. Start one with `npm start`, in another terminal.');
    else console.error(error);
    process.exitCode = 1;
  });
}
