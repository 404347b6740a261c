// Makes elements. Text is always text: nothing that came from anywhere becomes markup.

const svg = 'http://www.w3.org/2000/svg';

/**
 * An element.
 * @param {string} name Its name.
 * @param {object} [attributes] Attributes; `on…` are listeners, `class` may be a list, null and false leave one out, true sets it empty.
 * @param {...any} children Elements, texts, lists of them; null and false are left out.
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'class') element.className = [].concat(value).filter(Boolean).join(' ');
    else if (key === 'value') element.value = value;
    else if (key === 'checked') element.checked = Boolean(value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false && child !== ''));
  return element;
}

const paths = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warning: 'M12 8v5m0 3.5v.01M10.3 4.3L2.8 17.5A2 2 0 0 0 4.5 20.5h15a2 2 0 0 0 1.7-3L13.7 4.3a2 2 0 0 0-3.4 0z',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.6-4.6',
  external: 'M14 5h5v5M19 5l-8 8M18 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h4',
  plug: 'M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v4',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
};

/** A picture that says nothing by itself: the text beside it does. */
export function icon(name) {
  const element = document.createElementNS(svg, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' })) element.setAttribute(key, value);
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', paths[name]);
  element.append(path);
  return element;
}

let last = 0;

/** An id that nothing else on the page has. */
export const newId = prefix => `${prefix}-${++last}`;

/** Tells users of a screen reader what others see happen. */
export function announce(text) {
  const live = document.getElementById('live');
  // The same text again is a change only after something else.
  live.textContent = '';
  window.requestAnimationFrame(() => { live.textContent = text; });
}

/** The picture of an integration, or its first letter where there is none to be had. */
export function picture(name, url) {
  const letter = () => h('span', { class: 'picture letter', 'aria-hidden': 'true' }, [...(name || '?')][0].toLocaleUpperCase());
  if (!/^(https?:|data:image\/)/i.test(url ?? '')) return letter();
  const image = h('img', { class: 'picture', src: url, alt: '', width: '48', height: '48', referrerpolicy: 'no-referrer', loading: 'lazy' });
  image.addEventListener('error', () => image.replaceWith(letter()), { once: true });
  return image;
}

/** Runs what a button does, once at a time, and shows that it runs. */
export async function busy(button, work) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  // Disabled buttons lose the focus; this one keeps it.
  button.setAttribute('aria-disabled', 'true');
  button.classList.add('busy');
  try {
    await work();
  } finally {
    button.removeAttribute('aria-disabled');
    button.classList.remove('busy');
  }
}
