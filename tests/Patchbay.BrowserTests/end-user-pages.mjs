// Uses the pages for end users as people do, in the product of examples/product, and writes what it met as JSON:
//   node end-user-pages.mjs <browser> product <product> <folder for pictures>
//   node end-user-pages.mjs <browser> keyboard <product> <folder for pictures>
//   node end-user-pages.mjs <browser> look <product> <folder for pictures>
// { activity, events, faults, complaints, cookies, widths }
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [executablePath, way, product, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// A browser under root starts only without its sandbox; it sees servers of the test and nothing else.
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const met = { complaints: [], faults: [], widths: [] };
const key = 'stock-key-of-ada';

/** A browser of somebody who has signed in to the product. */
async function signedIn(user, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.on('weberror', error => met.complaints.push(`${error.error()}`));
  // What the pages did wrong in the browser's eyes, such as against their policy. A request that is refused on purpose is none of that.
  context.on('console', message => {
    if (message.type() === 'error' && /\/embed(\/|\.js)/.test(message.location().url) && !/status of 4\d\d/.test(message.text())) met.complaints.push(message.text());
  });
  const page = await context.newPage();
  await page.goto(product);
  await page.fill('#user', user);
  await page.click('#sign-in button');
  await page.locator('#open').waitFor();
  return { context, page };
}

const addressOf = page => page.evaluate(async () => (await (await fetch('/integrations/session', { method: 'POST' })).json()).url);
const shoot = (page, name) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

async function consent(popup) {
  await popup.fill('#username', 'alice');
  await popup.fill('#password', 'wonderland');
  await popup.click('#sign-in');
  await popup.click('#allow');
}

/** What axe holds against a page, beyond trifles. */
async function examine(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  for (const { id, impact, nodes } of violations) {
    if (impact === 'serious' || impact === 'critical') met.faults.push(`${name}: ${id} (${impact}) ${nodes.map(node => node.target.join(' ')).join(', ')}`);
  }
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  if (width[0] > width[1]) met.widths.push(`${name}: ${width[0]} of ${width[1]} pixels`);
}

/** Presses Tab until the focus is on what a selector names. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(wanted => document.activeElement?.matches(wanted), selector)) {
      // The focus must be seen: a ring of its own, or that of the tile around a link.
      const ring = await page.evaluate(() => ['', '::after'].some(part => parseFloat(getComputedStyle(document.activeElement, part || null).outlineWidth) >= 2));
      if (!ring) met.faults.push(`the focus on ${selector} cannot be seen`);
      return;
    }
  }
  throw new Error(`The key Tab does not lead to ${selector}.`);
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
    met.activity = await page.locator('#activity li').allTextContents();
    met.cookies = (await context.cookies()).map(cookie => cookie.name);
  } else if (way === 'keyboard') {
    const { context, page: opener } = await signedIn('grace');
    const page = await context.newPage();
    await page.goto(await addressOf(opener));
    await page.locator('.tile-link').waitFor();
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
    await consent(popup);
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
