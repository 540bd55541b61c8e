import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Dashboard } from './browser';

const PIZZA_SHOP = join(__dirname, '../../samples/app/setup.yaml');

/** The sample's pizza shop: a project with something of every kind, live and running. */
export async function seedPizzaShop(dashboard: Dashboard, projectId: string, change: object = {}): Promise<void> {
  await dashboard.command('createProject', 'CreateProjectInput', { projectId, name: 'Pizza shop' });
  const setup = { ...(parse(readFileSync(PIZZA_SHOP, 'utf8')) as object), ...change };
  const mutation = 'mutation($input: ApplySetupInput!) { result: applySetup(input: $input) { __typename ... on Refusal { message } } }';
  const { result } = await dashboard.ask<{ result: { __typename: string } }>(mutation, { input: { projectId, setup } });
  if (result.__typename !== 'SetupApplied') throw new Error(JSON.stringify(result));
}

/** The id of a thing of the project, by its name. */
export async function idOf(dashboard: Dashboard, projectId: string, list: string, name: string): Promise<string> {
  const query = `{ ${list}(projectId: "${projectId}") { nodes { id name } } }`;
  const found = await dashboard.ask<Record<string, { nodes: { id: string; name: string }[] }>>(query);
  const thing = found[list]?.nodes.find((one) => one.name === name);
  if (thing === undefined) throw new Error(`There is no ${name} among the ${list} of ${projectId}.`);
  return thing.id;
}
