// Signs a user in by a pop-up, as an application's page has it done, and writes what the page got as JSON:
//   node sign-in.mjs <browser> message <application's page> <server>
//   node sign-in.mjs <browser> channel <authorize URL> <server> <script of the page>
//   node sign-in.mjs <browser> stranger <stranger's page> <server>
//   node sign-in.mjs <browser> denied <application's page> <server>
//   node sign-in.mjs <browser> alone <address of the landing page> <server>
// { search, received, heading, detail, address, requests, complaints }
import { chromium } from 'playwright-core';

const [executablePath, way, address, server, script] = process.argv.slice(2);
// A browser under root starts only without its sandbox; it sees servers of the test and nothing else.
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  const context = await browser.newContext();
  const met = { complaints: [], requests: [] };
  context.on('request', request => met.requests.push(request.url()));
  // What the landing page did wrong in the browser's eyes, such as against its policy; other pages are not the server's.
  context.on('console', message => {
    if ((message.type() === 'error' || message.type() === 'warning') && message.location().url.startsWith(`${server}/oauth2/`)) met.complaints.push(message.text());
  });
  context.on('weberror', error => met.complaints.push(`${error.error()}`));
  const page = await context.newPage();

  const consent = async (popup, button) => {
    await popup.fill('#username', 'alice');
    await popup.fill('#password', 'wonderland');
    await popup.click('#sign-in');
    await popup.click(button);
  };
  const read = async landing => {
    met.heading = await landing.textContent('#heading');
    met.detail = await landing.textContent('#detail');
    met.address = landing.url();
  };
  const openedBy = async open => (await Promise.all([context.waitForEvent('page'), open()]))[0];

  if (way === 'message' || way === 'denied') {
    await page.goto(address);
    const popup = await openedBy(() => page.click('#connect'));
    const closed = way === 'denied' ? popup.getByText('has been told').waitFor() : popup.waitForEvent('close');
    await consent(popup, way === 'denied' ? '#deny' : '#allow');
    await page.waitForFunction(() => document.body.dataset.search);
    await closed;
    if (way === 'denied') await read(popup);
    met.search = await page.evaluate(() => document.body.dataset.search);
  } else if (way === 'channel') {
    // A page of the server's own, as its hub pages are.
    await page.goto(`${server}/healthz`);
    await page.addScriptTag({ content: script });
    const popup = await openedBy(() => page.evaluate(url => { window.received = window.signInOnChannel(url); }, address));
    await consent(popup, '#allow');
    met.search = await page.evaluate(() => window.received);
  } else if (way === 'stranger') {
    await page.goto(address);
    const popup = await openedBy(() => page.click('#connect'));
    const asked = popup.waitForResponse(response => response.url() === `${server}/oauth2/callback/origins`);
    await consent(popup, '#allow');
    await asked;
    // Its hellos have come in, and what the landing page made of them is done: messages are handled in their order.
    await popup.evaluate(() => { window.addEventListener('message', event => { if (event.data === 'last') window.seenLast = true; }); });
    await page.evaluate(() => window.sayLast());
    await popup.waitForFunction(() => window.seenLast === true);
    await read(popup);
    await popup.evaluate(() => window.opener.postMessage('the end', '*'));
    await page.waitForFunction(() => window.received.includes('the end'));
    met.received = await page.evaluate(() => window.received);
  } else {
    await page.goto(address);
    await page.locator('#heading').filter({ hasNotText: 'One moment' }).waitFor();
    await read(page);
  }

  process.stdout.write(JSON.stringify(met));
} finally {
  await browser.close();
}
