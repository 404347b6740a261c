// Begins: takes the one-time code out of the address, exchanges it, dresses the page and shows it.
import { h, icon, announce } from './dom.js';
import { choose, speak, t } from './text.js';
import { dress } from './theme.js';
import * as api from './api.js';
import { messageOf } from './fields.js';
import { isAlone, meet, tell } from './peer.js';
import { integrationPage, listPage } from './pages.js';

const main = document.getElementById('main');
const top = document.getElementById('top');
let session = null;
let shown = 0;

/** Shows a page in place of another, and puts the focus where it begins. */
async function show(id, message = null) {
  const mine = ++shown;
  main.setAttribute('aria-busy', 'true');
  const loading = window.setTimeout(() => { if (mine === shown) main.replaceChildren(skeleton()); }, 150);
  let page;
  try {
    page = id === null ? await listPage(open) : await integrationPage(id, open, session.integrationId === undefined);
  } catch (failure) {
    if (!(failure instanceof api.Refusal)) throw failure;
    if (failure.status === 401) return;
    page = problem(failure.status === 404 ? t('error.notFound') : messageOf(failure), () => show(id));
  } finally {
    window.clearTimeout(loading);
  }
  if (mine !== shown) return;
  main.replaceChildren(...[message && h('p', { class: 'notice good', id: 'done' }, icon('check'), message), page.element].flat(Infinity).filter(Boolean));
  main.removeAttribute('aria-busy');
  document.title = session.theme.name ? `${page.title} – ${session.theme.name}` : page.title;
  main.querySelector('h1')?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  if (message) announce(message);
}

/** Goes to an integration, or with null to the list, so that the browser's way back leads here again. */
function open(id, message = null) {
  const here = window.history.state?.id ?? null;
  if (id !== here) window.history.pushState({ id }, '', window.location.pathname);
  return show(id, message);
}

function problem(text, retry = null, heading = t('error.heading')) {
  return {
    title: heading,
    element: h('div', { class: 'empty', role: 'alert' }, icon('warning'), h('h1', { tabindex: '-1' }, heading), h('p', {}, text),
      retry && h('button', { type: 'button', class: 'primary', onclick: retry }, t('error.retry')),
      backToProduct()),
  };
}

const skeleton = () => h('div', { class: 'skeleton', 'aria-hidden': 'true' }, Array.from({ length: 3 }, () => h('div')));

const backToProduct = () => isAlone && session?.returnUrl
  ? h('a', { href: session.returnUrl, class: 'quiet button', rel: 'noreferrer' }, icon('back'), t('nav.return', { name: session.theme.name || new URL(session.returnUrl).host }))
  : null;

function head() {
  const { theme } = session;
  const parts = [
    theme.logoUrl && h('img', { class: 'logo', src: theme.logoUrl, alt: theme.name ?? '', referrerpolicy: 'no-referrer' }),
    !theme.logoUrl && theme.name && h('span', { class: 'product' }, theme.name),
    backToProduct(),
  ].filter(Boolean);
  top.replaceChildren(...parts);
  top.hidden = parts.length === 0;
}

/** The button that closes a dialog or window of the embedding page. */
function addClose() {
  const close = () => tell('close');
  top.append(h('button', { type: 'button', class: 'quiet small close', 'aria-label': t('nav.close'), onclick: close }, icon('close')));
  top.hidden = false;
  window.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close();
  });
}

function end() {
  shown++;
  tell('expired');
  main.removeAttribute('aria-busy');
  alert(problem(t('error.goBack'), null, t('error.expired')));
}

async function begin() {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  // It serves once; in the history or a bookmark it would be of no use, and it is nobody's business.
  window.history.replaceState({ id: null }, '', window.location.pathname);
  await speak(choose(null));
  dress();
  if (code === null) alert(used());
  else await enter(code);
}

/** Of a link that has served. */
const used = () => problem(t('error.goBack'), null, t('error.noCode'));

/** Shows a problem and nothing else. */
function alert(page) {
  main.replaceChildren(page.element);
  document.title = page.title;
  main.querySelector('h1').focus();
}

async function enter(code) {
  main.replaceChildren(skeleton());
  try {
    session = await api.open(code);
  } catch (refusal) {
    if (!(refusal instanceof api.Refusal)) throw refusal;
    alert(refusal.status === 0 || refusal.status >= 500 ? problem(messageOf(refusal), () => enter(code)) : used());
    return;
  }

  session.theme ??= {};
  api.whenExpired(end);
  const language = choose(session.language);
  if (language !== document.documentElement.lang) await speak(language);
  const skip = document.getElementById('skip');
  skip.textContent = t('nav.skip');
  skip.hidden = false;
  skip.addEventListener('click', event => { event.preventDefault(); main.focus(); });
  head();
  dress(session.theme, session.mode);
  meet(session.origins, mode => { if (mode !== 'frame') addClose(); });
  window.addEventListener('popstate', event => { if (event.state !== null) show(event.state.id ?? session.integrationId ?? null); });
  window.history.replaceState({ id: session.integrationId ?? null }, '', window.location.pathname);
  await show(session.integrationId ?? null);
  tell('ready');
}

// Another session in the same window or frame: for the browser only the fragment is new, and it loads nothing by itself.
window.addEventListener('hashchange', () => {
  if (new URLSearchParams(window.location.hash.slice(1)).has('code')) window.location.reload();
});
window.addEventListener('unhandledrejection', () => {
  if (session !== null) announce(t('error.unknown'));
});
begin();
