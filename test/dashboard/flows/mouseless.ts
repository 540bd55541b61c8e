import type { Locator, Page } from 'playwright-core';
import type { Dashboard } from '../browser';
import { dialog, row, withoutMouse } from './acts';

const projectId = 'mouseless';
const at = (page: string) => `/p/${projectId}${page}`;

async function press(target: Locator, pressed = 'Enter'): Promise<void> {
  await target.focus();
  await target.press(pressed);
}

/** Types where the focus is put, without a mouse event. */
async function write(target: Locator, text: string): Promise<void> {
  await target.focus();
  await target.press('ControlOrMeta+a');
  await target.pressSequentially(text);
}

async function addKey(page: Page, form: Locator, key: string): Promise<void> {
  await write(form.getByRole('combobox', { name: 'Add a key' }), key);
  await page.keyboard.press('Tab');
  await press(form.getByRole('button', { name: 'Add a key' }));
}

/** Every page does its main act without a mouse event. */
export function mouselessFlows(dashboard: () => Dashboard): void {
  describe('without a mouse', () => {
    const unused = new Map<Page, () => Promise<void>>();
    afterEach(async () => {
      for (const expectUnused of unused.values()) await expectUnused();
      unused.clear();
    });
    const open = async (path: string): Promise<Page> => {
      const page = await dashboard().page(path);
      unused.set(page, await withoutMouse(page));
      return page;
    };
    const create = async (path: string, title: string, fill: (form: Locator, page: Page) => Promise<void>, shown: string) => {
      const page = await open(at(path));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('searchbox').waitFor();
      await page.keyboard.press('c');
      const form = dialog(page, title);
      await form.getByRole('textbox', { name: 'Name', exact: true }).waitFor();
      await fill(form, page);
      await page.keyboard.press('Control+Enter');
      await form.waitFor({ state: 'detached' });
      await row(page, shown).waitFor();
      return page;
    };

    test('a project is created', async () => {
      const page = await open('/');
      await press(page.getByRole('button', { name: 'Project', exact: true }).first());
      const form = dialog(page, 'Create project');
      await write(form.getByRole('textbox', { name: 'Name' }), 'Mouseless');
      await write(form.getByRole('textbox', { name: 'Id' }), projectId);
      await page.keyboard.press('Control+Enter');
      await page.getByRole('heading', { name: 'Mouseless' }).waitFor();
      await press(page.getByRole('link', { name: /Create a key/ }));
      await page.getByText('No key yet').waitFor();
    });

    test('a key, a segment, a goal, a flag, a config and a test are created, each with `c` and Ctrl Enter', async () => {
      const named = (name: string) => (form: Locator) => write(form.getByRole('textbox', { name: 'Name', exact: true }), name);
      await create('/setup/keys', 'Create key', named('layout'), 'layout');
      await create(
        '/setup/segments',
        'Create segment',
        async (form, page) => {
          await named('Phones')(form);
          await write(form.getByRole('combobox', { name: 'Property' }), 'device.os');
          await page.keyboard.press('Tab');
          await write(form.getByRole('textbox', { name: 'Value' }), 'iOS');
        },
        'Phones',
      );
      await create(
        '/goals',
        'Create goal',
        async (form, page) => {
          await named('Purchases')(form);
          await write(form.getByRole('combobox', { name: 'Event' }), 'Purchase');
          await page.keyboard.press('Tab');
        },
        'Purchases',
      );
      const flags = await create(
        '/flags',
        'Create flag',
        async (form, page) => {
          await named('Layout')(form);
          await write(form.getByRole('combobox', { name: 'Key' }), 'layout');
          await page.keyboard.press('Tab');
          await press(form.getByRole('button', { name: 'Row', exact: true }));
        },
        'Layout',
      );
      await flags.keyboard.press('j');
      await flags.keyboard.press('e');
      await press(dialog(flags, 'Layout').getByRole('button', { name: 'Publish' }));
      await press(dialog(flags, 'Publish: Layout').getByRole('button', { name: 'Publish' }));
      await dialog(flags, 'Layout').getByText('live', { exact: true }).waitFor();
      await create(
        '/configs',
        'Create config',
        async (form, page) => {
          await named('Look')(form);
          await press(form.getByRole('button', { name: 'Add a key' }));
          await form.getByText('Write the name of a key first.').waitFor();
          await addKey(page, form, 'layout');
          await press(form.getByRole('button', { name: 'Row', exact: true }));
          await press(form.getByRole('button', { name: 'Set a value' }));
        },
        'Look',
      );
      await create(
        '/tests',
        'Create A/B test',
        async (form, page) => {
          await named('Wide')(form);
          await addKey(page, form, 'layout');
          await press(form.getByRole('button', { name: 'Set a value' }));
          await press(form.getByRole('radio', { name: 'true' }), 'Space');
        },
        'Wide',
      );
    });

    test('history is filtered, points are compared, a set-up file is planned, a user is evaluated, and the setting is switched', async () => {
      const history = await open(at('/history'));
      await write(history.getByRole('searchbox', { name: 'Search' }), 'published');
      await history.waitForURL(/search=published/);
      await history.getByText('published flag').waitFor();

      const compare = await open(at('/compare'));
      await write(compare.getByRole('textbox', { name: 'From' }), 'r0');
      await press(compare.getByRole('button', { name: 'Compare' }));
      await compare.getByText(/things differ/).waitFor();

      const { setup } = await dashboard().ask<{ setup: object }>(`{ setup(projectId: "${projectId}") }`);
      const file = await open(at('/setup-file'));
      await file.getByRole('textbox', { name: /Set-up file/ }).fill(JSON.stringify(setup));
      await press(file.getByRole('button', { name: 'Plan', exact: true }));
      await file.getByText('nothing to do').waitFor();

      const trial = await open(at('/try'));
      await write(trial.getByRole('textbox', { name: 'User id' }), 'ann');
      await press(trial.getByRole('textbox', { name: 'User id' }));
      await press(trial.getByRole('button', { name: 'Why' }).first());
      await trial
        .getByText(/serves|passed over/)
        .first()
        .waitFor();

      const settings = await open(at('/settings'));
      await press(settings.getByRole('switch', { name: /mutually exclusive/ }), 'Space');
      await settings.getByText('Tests that are created from now on are exclusive').waitFor();
    });

    test('what is live is opened from the overview', async () => {
      const overview = await open(at(''));
      await press(overview.getByRole('region', { name: 'Live flags and configs' }).getByRole('link', { name: 'Layout' }));
      await dialog(overview, 'Layout').waitFor();
    });
  });
}
