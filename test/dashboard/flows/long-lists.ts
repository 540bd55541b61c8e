import type { Dashboard } from '../browser';
import { row } from './acts';

export function longListFlows(dashboard: () => Dashboard): void {
  test('500 keys are listed, sorted and searched', async () => {
    const many = 'many';
    await dashboard().command('createProject', 'CreateProjectInput', { projectId: many, name: 'Many keys' });
    await fillWithKeys(dashboard(), many, 500);
    const page = await dashboard().page(`/p/${many}/setup/keys`);
    await page.getByRole('status').getByText('500', { exact: true }).waitFor();
    await row(page, 'key_001').waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    await row(page, 'key_500').waitFor();
    await page.getByRole('searchbox').fill('key_25');
    await page.getByText('10 of 500').waitFor();
    expect(await page.getByRole('table').getByRole('link').count()).toBe(10);
  });
}

/** Creates keys `key_001` and so on in one command. */
export async function fillWithKeys(dashboard: Dashboard, projectId: string, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, at) => ({
    name: `key_${String(at + 1).padStart(3, '0')}`,
    type: 'STRING',
    default: `value ${at}`,
    description: `The ${at + 1}th of them`,
  }));
  const { setup } = await dashboard.ask<{ setup: object }>(`{ setup(projectId: "${projectId}") }`);
  const mutation = 'mutation($input: ApplySetupInput!) { result: applySetup(input: $input) { __typename ... on Refusal { message } } }';
  const { result } = await dashboard.ask<{ result: { __typename: string } }>(mutation, { input: { projectId, setup: { ...setup, keys } } });
  if (!['SetupApplied', 'Accepted'].includes(result.__typename)) throw new Error(JSON.stringify(result));
}
