// Leads the pages for end users into what does not happen every day, and writes what it met as JSON:
//   node end-user-page-states.mjs <browser> <way> <what the way needs, as JSON>
// { …, faults, complaints, widths, looked }
import { consent, launch, met, person, see, shoot } from './end-user-steps.mjs';

const [executablePath, way, json] = process.argv.slice(2);
const given = JSON.parse(json);
const browser = await launch(executablePath);

const look = (page, name) => see(page, given.pictures, name);

/** Signs in at the provider by the button of a form. */
async function signIn(context, page, within, answer) {
  const [popup] = await Promise.all([context.waitForEvent('page'), within.locator('button[id$=sign-in]').click()]);
  await consent(popup, answer);
}

/** Keeps in each page by which way the landing page of a sign-in spoke to it. */
const keepWays = context => context.addInitScript(() => {
  window.ways = [];
  window.addEventListener('message', event => { if (event.data?.type === 'response') window.ways.push(`message from ${event.origin}`); });
  window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
      super(name);
      this.addEventListener('message', () => window.ways.push('channel'));
    }
  };
});

/** What a page keeps; a frame of another site has nothing to keep it in. */
const stored = frame => frame.evaluate(() => {
  const sizeOf = name => {
    try {
      return window[name].length;
    } catch {
      return 'denied';
    }
  };
  return { address: window.location.href, local: sizeOf('localStorage'), session: sizeOf('sessionStorage'), cookies: document.cookie, ways: window.ways };
});

const ways = {
  async activate() {
    const context = await person(browser);
    const page = await context.newPage();
    await page.goto(given.url);
    await page.getByRole('link', { name: 'Everything' }).click();
    await page.getByLabel('API key', { exact: true }).fill(given.key);
    await signIn(context, page, page);
    await page.locator('.sign-in-state.done').waitFor();
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByText('Everything is active.').first().waitFor();
    met.states = await page.locator('.card .state').allTextContents();
  },

  async reconnect() {
    const context = await person(browser);
    const page = await context.newPage();
    await page.goto(given.url);
    await page.getByRole('link', { name: 'Everything' }).click();
    await page.locator('.notice.bad').waitFor();
    met.states = await page.locator('.card .state').allTextContents();
    met.notice = await page.locator('.notice.bad').textContent();
    await look(page, 'broken');
    await page.getByRole('button', { name: 'Connect again' }).click();
    await signIn(context, page, page);
    await page.locator('.sign-in-state.done').waitFor();
    await look(page, 'broken-signed-in');
    await page.getByRole('button', { name: 'Save connection' }).click();
    await page.getByText('is connected again.').first().waitFor();
    met.after = await page.locator('.card .state').allTextContents();
    await look(page, 'reconnected');
  },

  async faults() {
    const context = await person(browser);
    const page = await context.newPage();
    await page.goto(given.url);
    await page.getByRole('link', { name: 'Everything' }).click();
    await page.locator('button[id$=sign-in]').waitFor();
    // The user says no.
    await signIn(context, page, page, '#deny');
    await page.locator('.error', { hasText: 'Access was not granted' }).waitFor();
    await look(page, 'denied');
    // The user closes the window.
    const [popup] = await Promise.all([context.waitForEvent('page'), page.locator('button[id$=sign-in]').click()]);
    await popup.locator('#deny, #username').first().waitFor();
    await popup.close();
    await page.getByText('The window was closed before it was done.').waitFor();
    await look(page, 'window-closed');
    // The key is wrong: what the server says stands at the field, and nothing came to be.
    await page.getByLabel('API key', { exact: true }).fill('wrong\u0007');
    const [again] = await Promise.all([context.waitForEvent('page'), page.locator('button[id$=sign-in]').click()]);
    await again.locator('#allow, #username').first().waitFor();
    if (await again.locator('#username').count() > 0) await consent(again);
    else await again.click('#allow');
    await page.locator('.sign-in-state.done').waitFor();
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.locator('.summary').waitFor();
    met.refused = await page.locator('.summary a, .summary li').allTextContents();
    await look(page, 'refused');
    // The user is deleted, so that the visit is over.
    const gone = await fetch(given.user, { method: 'DELETE', headers: { Authorization: `Bearer ${given.operatorKey}` } });
    met.deleted = gone.status;
    await page.getByRole('link', { name: 'All integrations' }).click();
    await page.getByRole('heading', { name: 'Your session has ended', exact: true }).waitFor();
    met.title = await page.title();
    met.focused = await page.evaluate(() => document.activeElement?.localName);
    await look(page, 'expired');
    // Its code does not serve again.
    await page.goto(given.url);
    await page.getByRole('heading', { name: 'This link has been used or has expired', exact: true }).waitFor();
    // An embedder's sandbox that allows no pop-ups.
    const holder = await context.newPage();
    await holder.goto(given.embedder);
    await holder.evaluate(url => {
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms');
      frame.src = url;
      frame.style.cssText = 'width:100%;height:900px';
      document.body.append(frame);
    }, given.second);
    const frame = holder.frameLocator('iframe');
    await frame.getByRole('link', { name: 'Everything' }).click();
    await frame.locator('button[id$=sign-in]').click();
    await frame.getByText('Your browser blocked the sign-in window.').first().waitFor();
    await shoot(holder, given.pictures, 'blocked');
  },

  async embed() {
    const context = await person(browser, { colorScheme: 'light' });
    await keepWays(context);
    const open = async (origin, next) => {
      const page = await context.newPage();
      await page.goto(origin);
      await page.evaluate(options => { window.next = options; }, next);
      return page;
    };

    // In a frame of another site.
    const framed = await open(given.friend, { url: given.urls[0], container: true });
    await framed.click('#go');
    const inside = framed.frameLocator('#here iframe');
    await inside.getByRole('link', { name: 'Everything' }).click();
    await inside.getByLabel('API key', { exact: true }).fill(given.key);
    await signIn(context, framed, inside);
    await inside.locator('.sign-in-state.done').waitFor();
    met.frame = await stored(framed.frames()[1]);
    await inside.getByRole('button', { name: 'Activate' }).click();
    await inside.getByText('Everything is active.').first().waitFor();
    await shoot(framed, given.pictures, 'embedded-frame');
    await framed.waitForFunction(() => window.told.some(([name]) => name === 'onActivated'));
    met.frameTold = await framed.evaluate(() => window.told);

    // In a dialog, which its own key closes.
    const held = await open(given.friend, { url: given.urls[1] });
    await held.click('#go');
    await held.frameLocator('dialog iframe').getByRole('button', { name: 'Close' }).waitFor();
    await shoot(held, given.pictures, 'embedded-dialog');
    await held.frameLocator('dialog iframe').getByRole('link', { name: 'Everything' }).focus();
    await held.keyboard.press('Escape');
    await held.waitForFunction(() => window.told.some(([name]) => name === 'onClose') && document.querySelector('dialog') === null);

    // In a window, where the sign-in speaks by the channel.
    const opening = await open(given.friend, { url: given.urls[2], mode: 'popup' });
    const [popup] = await Promise.all([context.waitForEvent('page'), opening.click('#go')]);
    await popup.getByRole('link', { name: 'Everything' }).click();
    await popup.getByLabel('API key', { exact: true }).fill(given.key);
    await signIn(context, popup, popup);
    await popup.locator('.sign-in-state.done').waitFor();
    met.window = await stored(popup.mainFrame());
    await popup.getByRole('button', { name: 'Close' }).click();
    await opening.waitForFunction(() => window.told.some(([name]) => name === 'onClose'));

    // A site that is not on the list: no frame, and no word to whoever opened the window.
    const strange = await open(given.stranger, { url: given.urls[3], container: true });
    const refused = strange.waitForEvent('console', message => /frame-ancestors/.test(message.text()));
    await strange.click('#go');
    met.refusal = (await refused).text();
    const nosy = await open(given.stranger, { url: given.urls[4], mode: 'popup' });
    const [shown] = await Promise.all([context.waitForEvent('page'), nosy.click('#go')]);
    await shown.getByRole('link', { name: 'Everything' }).waitFor();
    await shown.evaluate(() => { window.addEventListener('message', event => { if (event.data === 'last') window.seenLast = true; }); });
    await nosy.evaluate(() => {
      window.popup.postMessage({ type: 'patchbay:hello', payload: { mode: 'popup' } }, '*');
      window.popup.postMessage('last', '*');
    });
    await shown.waitForFunction(() => window.seenLast === true);
    await shown.evaluate(() => window.opener.postMessage('the end', '*'));
    await nosy.waitForFunction(() => window.received.includes('the end'));
    met.strangerReceived = await nosy.evaluate(() => window.received);
  },

  async variables() {
    const context = await person(browser);
    const page = await context.newPage();
    await page.goto(given.url);
    await page.getByRole('searchbox').fill('nothing of the kind');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('searchbox').fill('Settled');
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 1);
    await look(page, 'search');
    await page.getByRole('link', { name: 'Settled' }).click();
    await page.getByLabel('Mail', { exact: true }).fill('no address');
    await page.getByLabel(/Warn below/).fill('-1');
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.locator('.summary').waitFor();
    met.checked = await page.locator('.summary li').allTextContents();
    await look(page, 'variables-errors');
    await page.getByLabel('Mail', { exact: true }).fill('ada@example.com');
    await page.getByLabel(/Warn below/).fill('7');
    await page.getByLabel('Speed').selectOption({ label: 'As fast as can be' });
    await page.getByLabel('Tell me').check();
    for (const tag of ['blue', 'red', 'green']) {
      await page.getByRole('button', { name: 'Add to Tags' }).click();
      await page.keyboard.type(tag);
    }
    await page.getByRole('button', { name: 'Remove Tags, number 2' }).click();
    await page.getByLabel('Tue').check();
    await page.getByLabel(/Street/).fill('Dorset Street 1');
    await page.getByLabel(/Rules/).fill('{"a": [1, {"b": null}]}');
    await look(page, 'variables');
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByText('Settled is active.').first().waitFor();
    // What is saved unchanged stays what it was.
    await page.getByRole('button', { name: 'Save settings' }).click();
    await page.getByText('Your settings are saved.').first().waitFor();
    await look(page, 'variables-active');
  },

  async schemes() {
    const context = await person(browser);
    const page = await context.newPage();
    await page.goto(given.url);
    const sections = page.locator('section.connection');
    await sections.first().waitFor();
    await look(page, 'schemes');
    await page.setViewportSize({ width: 320, height: 640 });
    await look(page, 'schemes-phone');
    await page.setViewportSize({ width: 1280, height: 800 });
    met.forms = {};
    const fill = async section => {
      const fields = met.forms[await section.locator('h3').textContent()] = [];
      for (const label of await section.locator('.field label').all()) {
        const text = await label.evaluate(element => element.firstChild.textContent);
        fields.push(text);
        await section.locator(`#${await label.getAttribute('for')}`).fill(given.values[text] ?? `a-${text.toLowerCase().replaceAll(/[^a-z]/g, '')}`);
      }
      if (await section.locator('button[id$=sign-in]').count() > 0) {
        fields.push('sign-in');
        await signIn(context, page, section);
        await section.locator('.sign-in-state.done').waitFor();
      }
    };
    for (const section of await sections.all()) await fill(section);
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.locator('.danger-quiet, .summary').first().waitFor();
    met.refused = await page.locator('.summary li').allTextContents();
    await look(page, 'schemes-active');

    // One that cannot be filled in says so, and is not sent.
    await page.goto(given.hopeless);
    await page.getByRole('heading', { name: 'Unfinished' }).waitFor();
    // The script of this one runs in a process of the server's own program, which a test is not: its form is all there is to see.
    await fill(page.locator('section.connection', { hasText: 'Function' }));
    await page.locator('button[type=submit]').click();
    await page.locator('.summary').waitFor();
    met.hopeless = await page.locator('.summary li').allTextContents();
    await look(page, 'schemes-hopeless');
  },
};

try {
  await ways[way]();
  process.stdout.write(JSON.stringify(met));
} finally {
  await browser.close();
}
