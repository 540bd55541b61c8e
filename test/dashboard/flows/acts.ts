import type { Locator, Page } from 'playwright-core';

/* What people do on many pages, by the roles and names that they find. */

export const row = (page: Page, name: string): Locator => page.getByRole('link', { name, exact: true });

export const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name, exact: true });

export const field = (within: Page | Locator, name: string): Locator => within.getByRole('textbox', { name, exact: true });

export async function press(within: Page | Locator, button: string): Promise<void> {
  await within.getByRole('button', { name: button, exact: true }).click();
}

/** The same without the mouse. */
export async function enter(within: Page | Locator, button: string): Promise<void> {
  await within.getByRole('button', { name: button, exact: true }).press('Enter');
}

/** Chooses in the menu at the end of a row. */
export async function menu(page: Page, name: string, act: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: act }).click();
}

/** Types into a field with suggestions, and takes none of them. */
export async function type(page: Page, field: Locator, text: string): Promise<void> {
  await field.fill(text);
  await page.keyboard.press('Tab');
}

/** Chooses in a list that opens at a button. */
export async function choose(page: Page, picker: Locator, option: string): Promise<void> {
  await picker.click();
  await page.getByRole('option', { name: option }).first().click();
}

/** The same without the mouse. The focus is back at the button a frame after the list has closed: a key before that is lost. */
export async function chooseWithKeys(page: Page, picker: Locator, option: string): Promise<void> {
  await picker.press('Enter');
  await page.getByRole('option', { name: option }).press('Enter');
  await picker.and(page.locator(':focus')).waitFor();
}

/** Closes the menu that is open: it hears the key from when the focus is in it. */
export async function closeMenu(page: Page): Promise<void> {
  await page.getByRole('menu').press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
}

export async function confirm(page: Page, title: string, verb: string): Promise<void> {
  const asked = page.getByRole('dialog', { name: title });
  await asked.getByRole('button', { name: verb, exact: true }).click();
  await asked.waitFor({ state: 'detached' });
}

/** Answers what fails if the mouse is used in the page from now on, until the page is loaded anew. */
export async function withoutMouse(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(`document.documentElement.dataset.mouseUsed = 'no';
    for (const name of ['mousedown', 'pointerdown'])
      addEventListener(name, () => (document.documentElement.dataset.mouseUsed = 'yes'), true);`);
  return async () => expect(await page.locator('html').getAttribute('data-mouse-used')).toBe('no');
}
