import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import pino from 'pino';
import { start } from '../../src/main';
import { readSettings } from '../../src/settings';
import { Dashboard } from './browser';
import { row } from './flows/acts';
import { seedPizzaShop } from './seed';

/** The pictures of docs/tour.md, each with the accessibility tree of its page beside it. */
export const PICTURES = join(__dirname, '../../docs/tour');

const projectId = 'pizza';
/** What server and browser take for now, so that a picture is the same on any day. */
const NOW_MS = Date.UTC(2026, 5, 12, 9, 30);
const VIEWPORT = { width: 1180, height: 760 };

interface Stop {
  readonly name: string;
  readonly path: string;
  readonly arrive: (page: Page, dashboard: Dashboard) => Promise<void>;
}

const open = async (page: Page, name: string, shown: string): Promise<void> => {
  await row(page, name).click();
  await page.getByRole('dialog', { name, exact: true }).getByText(shown).first().waitFor();
};

export const STOPS: readonly Stop[] = [
  { name: 'overview', path: '', arrive: (page) => page.getByText('Deliveries have become cheaper').waitFor() },
  { name: 'keys', path: '/setup/keys', arrive: (page) => row(page, 'dark_mode').waitFor() },
  { name: 'segment', path: '/setup/segments', arrive: (page) => open(page, 'iPhones in New York', 'In plain words') },
  { name: 'flag', path: '/flags', arrive: (page) => open(page, 'Dark mode', 'The first row that takes the user wins') },
  { name: 'test', path: '/tests', arrive: (page) => open(page, 'Loud headline', '3. Variants and weights') },
  {
    name: 'history',
    path: '/history',
    arrive: async (page) => {
      await page.getByRole('listitem').filter({ hasText: 'changed the default' }).getByRole('button', { name: 'Changes' }).click();
      await page.getByText('defaultValue').waitFor();
    },
  },
  {
    name: 'try-it',
    path: '/try',
    arrive: async (page, dashboard) => {
      await page.getByRole('textbox', { name: 'User id' }).fill(await userWhoGets(dashboard, 'HOT! HOT! HOT!'));
      await page.getByRole('button', { name: 'Evaluate' }).click();
      await page.getByRole('button', { name: 'Why' }).first().click();
      await page
        .getByText(/serves|passed over/)
        .first()
        .waitFor();
    },
  },
];

/** A user who gets the value: tests draw by their ids, which are another at each server. */
async function userWhoGets(dashboard: Dashboard, value: string): Promise<string> {
  const query = `query ($user: EvaluatedUserInput!) { evaluate(projectId: "${projectId}", user: $user) { keys { value } } }`;
  for (let number = 1; number <= 100; number += 1) {
    const id = `ann-${number}`;
    const { evaluate } = await dashboard.ask<{ evaluate: { keys: { value: unknown }[] } }>(query, { user: { id, properties: {} } });
    if (evaluate.keys.some((key) => key.value === value)) return id;
  }
  throw new Error(`No user gets ${value}.`);
}

/** The pizza shop, as it is pictured. */
export async function openTour(): Promise<Dashboard> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tour-'));
  const settings = readSettings({ DATA_DIR: dataDir, PORT: '0', DASHBOARD: 'true' });
  const running = await start(settings, { logger: pino({ level: 'silent' }), clock: () => NOW_MS, buildsDashboard: true });
  await running.ready;
  const close = async () => {
    await running.stop();
    rmSync(dataDir, { recursive: true });
  };
  const dashboard = await Dashboard.over({ url: running.url, token: running.firstToken, dataDir, close });
  await seedPizzaShop(dashboard, projectId);
  const id = `${projectId}/key/free_delivery_from`;
  await dashboard.command('editKey', 'EditKeyInput', { id, defaultValue: 25, reason: 'Deliveries have become cheaper' });
  return dashboard;
}

/** Goes to one stop, until nothing moves there any more. */
export async function visit(dashboard: Dashboard, { path, arrive }: Stop): Promise<Page> {
  const options = { viewport: VIEWPORT, colorScheme: 'light', locale: 'en-GB', timezoneId: 'UTC' } as const;
  const page = await dashboard.page('/build.txt', options);
  await page.clock.setFixedTime(NOW_MS);
  await page.goto(`${dashboard.server.url}/p/${projectId}${path}`);
  await arrive(page, dashboard);
  await page.waitForLoadState('networkidle');
  return page;
}

/** Ids are drawn anew for each server, and so is the user who is evaluated. */
const DRAWN_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=textbox "User id": )ann-\d+/g;

/** What those hear who do not see the page. */
export async function accessibilityTree(page: Page): Promise<string> {
  return `${(await page.locator('body').ariaSnapshot()).trim().replace(DRAWN_ID, 'ID')}\n`;
}
