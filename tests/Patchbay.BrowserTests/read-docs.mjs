// Reads the pages over the API descriptions as a person would, and writes what it met as JSON:
//   node read-docs.mjs <browser> <server> <title of a document>...
// { documents: { title: text of the sidebar }, requests: [url], complaints: [text], tried: status }
import { chromium } from 'playwright-core';

const [executablePath, server, ...titles] = process.argv.slice(2);
// A browser under root starts only without its sandbox; it sees our own server and nothing else.
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const requests = [];
  const complaints = [];
  page.on('request', request => requests.push(request.url()));
  page.on('requestfailed', request => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('pageerror', error => complaints.push(`${error}`));
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });

  await page.goto(`${server}/docs`);
  const documents = {};
  let shown = titles[0];
  for (const title of titles) {
    if (title !== shown) {
      await page.getByRole('button', { name: shown }).click();
      await page.getByRole('option', { name: title }).click();
    }
    shown = title;
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    const sidebar = page.getByLabel(`Sidebar for ${title}`);
    const closed = sidebar.getByRole('button', { name: /^Open Group - (?!Models)/ });
    while (await closed.count() > 0) await closed.first().click();
    documents[title] = await sidebar.innerText();
  }

  // A request that is tried out on the page goes to the server itself, not by way of anybody's proxy.
  await page.getByRole('button', { name: shown }).click();
  await page.getByRole('option', { name: titles[0] }).click();
  await page.getByRole('heading', { name: titles[0], exact: true }).waitFor();
  const sidebar = page.getByLabel(`Sidebar for ${titles[0]}`);
  const operation = sidebar.getByText('Lists the categories that there are.');
  if (!(await operation.isVisible())) await sidebar.getByRole('button', { name: 'Open Group - misc' }).click();
  await operation.click();
  await page.getByRole('button', { name: /^Test Request.*categories/ }).first().click();
  const answered = page.waitForResponse(response => response.url().endsWith('/categories'));
  await page.getByRole('button', { name: /^Send/ }).first().click();
  const tried = (await answered).status();

  process.stdout.write(JSON.stringify({ documents, requests, complaints, tried }));
} finally {
  await browser.close();
}
