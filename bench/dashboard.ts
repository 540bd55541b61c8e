import { print } from 'graphql';
import type { Page } from 'playwright-core';
import { KeysDocument } from '../src/dashboard/generated/operations';
import { Dashboard } from '../test/dashboard/browser';
import { fillWithKeys } from '../test/dashboard/flows/long-lists';
import { builtDashboard, INITIAL_JAVASCRIPT_LIMIT_BYTES, initialJavaScriptBytes } from './dashboard/initial-javascript';

/**
 * What the dashboard costs the person at it, in Chromium on this machine: the JavaScript before the first page, the first page of keys in a browser that
 * has loaded nothing yet, 500 keys beside the same answers fetched bare, each by the clock of the page, and how long until an open form shows a
 * colleague's change. Aims: at most 280 kB, 1.5 s, 4 times the bare fetches, and 1 s.
 */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const KEYS = 500;
const projectId = 'bench';
const keys = `/p/${projectId}/setup/keys`;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

async function rounds(act: () => Promise<number>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) took.push(await act());
  return median(took);
}

const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });

/** In a browser of its own, which has loaded nothing yet. */
async function firstPage(dashboard: Dashboard): Promise<number> {
  const page = await dashboard.page('/build.txt', {});
  const took = await timed(async () => {
    await page.goto(dashboard.server.url + keys);
    await link(page, 'key_001').waitFor();
  });
  await page.context().close();
  return took;
}

/** The project's first page, in a page that has just been opened, once all that it loads by itself is there. */
async function loaded(dashboard: Dashboard): Promise<Page> {
  const page = await dashboard.page('/build.txt');
  const code = page.waitForResponse(/\/assets\/keys-/);
  await page.goto(`${dashboard.server.url}/p/${projectId}`);
  await Promise.all([code, page.getByText('Live', { exact: true }).waitFor()]);
  await page.waitForLoadState('networkidle');
  return page;
}

/** From a click in the navigation until the last of them counts. */
async function listed(dashboard: Dashboard): Promise<number> {
  const page = await loaded(dashboard);
  const took = await page.evaluate<number>(`new Promise((resolve) => {
    const began = performance.now();
    const shown = () => [...document.querySelectorAll('[role=status]')].some(({ textContent }) => textContent === '${KEYS}');
    const watching = new MutationObserver(() => {
      if (shown()) resolve(performance.now() - began);
    });
    watching.observe(document, { childList: true, subtree: true, characterData: true });
    document.querySelector('nav a[href$="/setup/keys"]').click();
  })`);
  await link(page, 'key_001').waitFor();
  await page.close();
  return took;
}

/** The same answers, page after page, from the same page, without the dashboard's code. */
async function bareFetches(dashboard: Dashboard): Promise<number> {
  const asked = { query: print(KeysDocument), project: projectId };
  const page = await loaded(dashboard);
  const took = await page.evaluate(async ({ query, project }) => {
    const began = performance.now();
    let after: string | null = null;
    do {
      const variables = { project, archived: 'EXCLUDE', after };
      const answer = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      type Answer = { data: { project: { list: { pageInfo: { hasNextPage: boolean; endCursor: string } } } } };
      const { pageInfo } = ((await answer.json()) as Answer).data.project.list;
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    return performance.now() - began;
  }, asked);
  await page.close();
  return took;
}

async function colleaguesChange(dashboard: Dashboard): Promise<number> {
  let changes = 0;
  const page = await dashboard.page(keys);
  await link(page, 'key_001').click();
  const value = page.getByRole('dialog').getByRole('textbox', { name: 'Default value' });
  await value.waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  return rounds(async () => {
    const defaultValue = `change ${(changes += 1)}`;
    return timed(async () => {
      await dashboard.command('editKey', 'EditKeyInput', { id: `${projectId}/key/key_001`, defaultValue });
      while ((await value.inputValue()) !== defaultValue) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 5)));
    });
  });
}

async function main(): Promise<void> {
  const bytes = initialJavaScriptBytes(builtDashboard());
  const dashboard = await Dashboard.open();
  try {
    await dashboard.command('createProject', 'CreateProjectInput', { projectId, name: 'Bench' });
    await fillWithKeys(dashboard, projectId, KEYS);
    console.log(
      line('initial JavaScript, gzip', `${(bytes / 1_000).toFixed(1)} kB`, `at most ${INITIAL_JAVASCRIPT_LIMIT_BYTES / 1_000} kB`),
    );
    const first = await rounds(() => firstPage(dashboard));
    console.log(line('first page of keys, nothing loaded yet', `${first.toFixed(0)} ms`, 'at most 1,500 ms'));
    const [bare, list] = [await rounds(() => bareFetches(dashboard)), await rounds(() => listed(dashboard))];
    console.log(line(`${KEYS} keys fetched bare`, `${bare.toFixed(0)} ms`));
    console.log(line(`${KEYS} keys listed`, `${list.toFixed(0)} ms`, `${(list / bare).toFixed(1)} times the bare fetches, at most 4`));
    const change = await colleaguesChange(dashboard);
    console.log(line('a colleague’s change in an open form', `${change.toFixed(0)} ms`, 'at most 1,000 ms'));
    await dashboard.finish();
  } finally {
    await dashboard.close();
  }
}

function line(name: string, figure: string, aim = ''): string {
  return `${name.padEnd(44)}${figure.padStart(10)}   ${aim}`.trimEnd();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
