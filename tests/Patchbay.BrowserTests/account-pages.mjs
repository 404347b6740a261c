// Signs in on the server's own pages, by password and at the issuer, and writes what it met as JSON:
//   node account-pages.mjs <browser> <what it needs, as JSON>
// { organisations, token, faults, complaints, widths, looked }
import { consent, launch, met, person, see, tabTo } from './end-user-steps.mjs';

const [executablePath, json] = process.argv.slice(2);
const given = JSON.parse(json);
const browser = await launch(executablePath);

for (const [size, viewport] of [['desktop', { width: 1200, height: 800 }], ['phone', { width: 320, height: 640 }]]) {
  const look = (page, name) => see(page, given.pictures, `${name}-${size}`);

  // The operator, by keyboard only.
  let context = await person(browser, { viewport });
  let page = await context.newPage();
  await page.goto(`${given.url}/account`);
  await look(page, 'sign-in');
  await tabTo(page, '#password');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('That is not the password.').waitFor();
  await look(page, 'sign-in-refused');
  await tabTo(page, '#password');
  await page.keyboard.type(given.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The operator' }).waitFor();
  await look(page, 'account-operator');
  await tabTo(page, 'form[action="/account/token"] button');
  await page.keyboard.press('Enter');
  await page.getByText('It is shown this once').waitFor();
  met.token = (await page.locator('code').textContent()).trim();
  await look(page, 'account-token');
  await tabTo(page, 'a.button');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The operator' }).waitFor();
  await tabTo(page, 'form[action="/sign-out"] button');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sign-in');
  await context.close();

  // A person, who was invited.
  context = await person(browser, { viewport });
  page = await context.newPage();
  await page.goto(`${given.url}/sign-in`);
  await page.getByRole('link', { name: 'Continue to sign in' }).click();
  await consent(page);
  await page.getByRole('heading', { name: 'Your organisations' }).waitFor();
  if (size === 'desktop') {
    await look(page, 'account-invited');
    await page.getByRole('button', { name: 'Join Acme' }).click();
    await page.locator('li', { hasText: 'Acme' }).waitFor();
  }
  await look(page, 'account-person');
  met.organisations = await page.locator('li').allTextContents();
  await context.close();
}

await browser.close();
process.stdout.write(JSON.stringify(met));
