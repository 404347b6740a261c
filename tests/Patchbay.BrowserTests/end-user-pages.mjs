// Uses the pages for end users as people do, in the product of examples/product, and writes what it met as JSON:
//   node end-user-pages.mjs <browser> product <product> <folder for pictures>
//   node end-user-pages.mjs <browser> keyboard <product> <folder for pictures>
//   node end-user-pages.mjs <browser> look <product> <folder for pictures>
// { activity, events, faults, complaints, cookies, widths }
import { consent, examine, launch, met, person, shoot as shootInto, tabTo as tab } from './end-user-steps.mjs';

const [executablePath, way, product, pictures] = process.argv.slice(2);
const browser = await launch(executablePath);
const key = 'stock-key-of-ada';

/** A browser of somebody who has signed in to the product. */
async function signedIn(user, options = {}) {
  const context = await person(browser, options);
  const page = await context.newPage();
  await page.goto(product);
  await page.fill('#user', user);
  await page.click('#sign-in button');
  await page.locator('#open').waitFor();
  return { context, page };
}

const addressOf = page => page.evaluate(async () => (await (await fetch('/integrations/session', { method: 'POST' })).json()).url);
const shoot = (page, name) => shootInto(page, pictures, name);

/** Goes by Tab to what a selector names, where the focus must be seen: by a ring of its own, or that of the tile around a link. */
async function tabTo(page, selector) {
  await tab(page, selector);
  const ring = await page.evaluate(() => ['', '::after'].some(part => parseFloat(getComputedStyle(document.activeElement, part || null).outlineWidth) >= 2));
  if (!ring) met.faults.push(`the focus on ${selector} cannot be seen`);
}

try {
  if (way === 'product') {
    const { context, page } = await signedIn('ada');
    await page.click('#open');
    const frame = page.frameLocator('#integrations iframe');
    await frame.getByRole('link', { name: 'Stock sync' }).click();
    await frame.getByRole('button', { name: 'Activate' }).click();
    await frame.getByRole('link', { name: /API key is required/ }).waitFor();
    await shoot(page, 'product-errors');
    await frame.getByLabel('API key', { exact: true }).fill(key);
    const [popup] = await Promise.all([context.waitForEvent('page'), frame.getByRole('button', { name: 'Sign in to Meridian' }).click()]);
    await consent(popup);
    await frame.getByText('Signed in to Meridian').first().waitFor();
    await frame.getByLabel(/Warn below/).fill('5');
    await frame.getByRole('button', { name: 'Activate' }).click();
    await frame.getByText('Stock sync is active.').first().waitFor();
    await page.locator('#activity li').filter({ hasText: 'Event stockChanged' }).waitFor();
    await shoot(page, 'product-active');
    await frame.getByLabel(/Warn below/).fill('9');
    await frame.getByRole('button', { name: 'Save settings' }).click();
    await frame.getByText('Your settings are saved.').first().waitFor();
    await examine(page, 'the product');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await shoot(page, 'product-phone-dark');
    await examine(page, 'the product on a phone, dark');
    met.activity = await page.locator('#activity li').allTextContents();
    met.cookies = (await context.cookies()).map(cookie => cookie.name);
  } else if (way === 'keyboard') {
    const { context, page: opener } = await signedIn('grace');
    const page = await context.newPage();
    await page.goto(await addressOf(opener));
    await page.locator('.tile-link').waitFor();
    // Opened by a link, it has a way back.
    await page.getByRole('link', { name: 'Back to Harbour' }).waitFor();
    await tabTo(page, '.tile-link');
    await page.keyboard.press('Enter');
    await page.locator('button[type=submit]').waitFor();
    await tabTo(page, 'button[type=submit]');
    await page.keyboard.press('Enter');
    // The summary has the focus; its first link leads to the first field that is wrong.
    await page.waitForFunction(() => document.activeElement?.matches('.summary'));
    await tabTo(page, '.summary a');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.matches('input[type=password]'));
    await page.keyboard.type(key);
    await tabTo(page, 'button[id$=sign-in]');
    const [popup] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')]);
    // The provider's own pages have no ring of ours.
    await popup.locator('#username').waitFor();
    await tab(popup, '#username');
    await popup.keyboard.type('alice');
    await tab(popup, '#password');
    await popup.keyboard.type('wonderland');
    await popup.keyboard.press('Enter');
    await popup.locator('#allow').waitFor();
    await tab(popup, '#allow');
    await popup.keyboard.press('Enter');
    await page.getByText('Signed in to Meridian').first().waitFor();
    await tabTo(page, 'button[type=submit]');
    await page.keyboard.press('Enter');
    await page.getByText('Stock sync is active.').first().waitFor();
    await tabTo(page, '.danger-quiet');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.matches('.danger-quiet'));
    await page.keyboard.press('Enter');
    await tabTo(page, 'dialog .danger');
    await page.keyboard.press('Enter');
    await page.getByText('Stock sync is no longer active.').first().waitFor();
    met.activity = [];
  } else {
    const looks = [
      { name: 'light', colorScheme: 'light' }, { name: 'dark', colorScheme: 'dark' }, { name: 'phone', colorScheme: 'light', viewport: { width: 320, height: 640 } },
      { name: 'phone-dark', colorScheme: 'dark', viewport: { width: 320, height: 640 } }, { name: 'german', locale: 'de-DE' }, { name: 'japanese', locale: 'ja-JP', colorScheme: 'dark' },
      { name: 'french', locale: 'fr-FR', viewport: { width: 320, height: 640 } }, { name: 'spanish', locale: 'es-ES' },
    ];
    for (const { name, ...options } of looks) {
      const { context, page: opener } = await signedIn(`look${name.replace('-', '')}`, options);
      const page = await context.newPage();
      const see = async state => {
        await shoot(page, `${name}-${state}`);
        await examine(page, `${name}, ${state}`);
      };
      await page.goto(await addressOf(opener));
      await page.locator('.tile-link').waitFor();
      const language = await page.evaluate(() => document.documentElement.lang);
      if (language !== (options.locale ?? 'en').slice(0, 2)) met.faults.push(`${name}: the page says that it speaks ${language}`);
      await see('list');
      await page.locator('.tile-link').click();
      await page.locator('button[type=submit]').waitFor();
      await see('form');
      await page.locator('button[type=submit]').click();
      await page.locator('.summary').waitFor();
      await see('errors');
      await page.locator('input[type=password]').first().fill(key);
      const [popup] = await Promise.all([context.waitForEvent('page'), page.locator('button[id$=sign-in]').click()]);
      await consent(popup);
      await page.locator('.sign-in-state.done').waitFor();
      await page.locator('button[type=submit]').click();
      await page.locator('.danger-quiet').waitFor();
      await see('active');
      await page.locator('.connection > button').first().click();
      await see('reconnect');
      await page.locator('.danger-quiet').click();
      await see('dialog');
      // Activated again, with the accounts that are connected by now.
      await page.locator('dialog .danger').click();
      await page.locator('input[type=radio]').first().waitFor();
      await see('existing');
      await page.locator('button[type=submit]').click();
      await page.locator('.danger-quiet').waitFor();
      await page.reload();
      await page.locator('.empty').waitFor();
      await see('over');
      await context.close();
    }
    met.activity = [];
  }

  process.stdout.write(JSON.stringify(met));
} finally {
  await browser.close();
}
