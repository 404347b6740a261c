// What the scripts over the pages for end users have in common.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What was met: faults that axe found, pages that are wider than their window, and what the pages did wrong in the browser's eyes. */
export const met = { complaints: [], faults: [], widths: [], looked: 0 };

// A browser under root starts only without its sandbox; it sees servers of the test and nothing else.
export const launch = executablePath => chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

/** A browser of one person. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.on('weberror', error => met.complaints.push(`${error.error()}`));
  // What is refused on purpose, be it a request, a frame or a window, is no fault of the pages.
  context.on('console', message => {
    if (message.type() === 'error' && /\/embed(\/|\.js)/.test(message.location().url) && !/status of 4\d\d|frame-ancestors|Blocked opening/.test(message.text())) met.complaints.push(message.text());
  });
  return context;
}

/** Signs in at the provider and answers its question. */
export async function consent(popup, answer = '#allow') {
  await popup.fill('#username', 'alice');
  await popup.fill('#password', 'wonderland');
  await popup.click('#sign-in');
  await popup.click(answer);
}

export const shoot = (page, pictures, name) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

/** What axe holds against a page, beyond trifles. */
export async function examine(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  for (const { id, impact, nodes } of violations) {
    if (impact === 'serious' || impact === 'critical') met.faults.push(`${name}: ${id} (${impact}) ${nodes.map(node => node.target.join(' ')).join(', ')}`);
  }
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  if (width[0] > width[1]) met.widths.push(`${name}: ${width[0]} of ${width[1]} pixels`);
  met.looked++;
}

/** Looks at a page on light and on dark ground. */
export async function see(page, pictures, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await shoot(page, pictures, `${name}-${colorScheme}`);
    await examine(page, `${name}, ${colorScheme}`);
    if (await page.evaluate(() => document.getAnimations().some(animation => animation.playState === 'running'))) met.faults.push(`${name}: moves, though nothing is to`);
  }
}

/** Presses Tab until the focus is on what a selector names. */
export async function tabTo(page, selector) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(wanted => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`The key Tab does not lead to ${selector}.`);
}
