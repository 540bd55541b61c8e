import type { Locator, Page } from 'playwright-core';
import type { Dashboard } from '../browser';
import { dialog, row } from './acts';

const projectId = 'keyboard';

/** Presses Tab until the focus is where the person wants it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    // While suggestions are shown, all else is hidden.
    if ((await target.count()) > 0 && (await target.evaluate((element) => element.matches(':focus, :focus-within')))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The focus does not get there by Tab.');
}

/** One list is used from its opening to its end without a mouse. */
export function keyboardFlows(dashboard: () => Dashboard): void {
  test('a segment is created, found, opened and closed by the keyboard alone', async () => {
    await dashboard().command('createProject', 'CreateProjectInput', { projectId, name: 'Keyboard' });
    const page = await dashboard().page(`/p/${projectId}/setup/segments`);
    await page.getByText('No segment yet').waitFor();
    await page.keyboard.press('c');
    const form = dialog(page, 'Create segment');
    await tabTo(page, form.getByRole('textbox', { name: 'Name', exact: true }));
    await page.keyboard.type('Phones');
    await tabTo(page, form.getByRole('combobox', { name: 'Property' }));
    await page.keyboard.type('device.os');
    await tabTo(page, form.getByRole('textbox', { name: 'Value' }));
    await page.keyboard.type('iOS');
    await page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'detached' });
    await row(page, 'Phones').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    const opened = dialog(page, 'Phones');
    await opened.getByText(/iOS/).first().waitFor();
    await page.keyboard.press('Escape');
    await opened.waitFor({ state: 'detached' });
  });
}
