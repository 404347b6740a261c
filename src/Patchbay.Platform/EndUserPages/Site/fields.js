// Fields of forms: a label, a hint and an error tied to each control; and the summary of errors above a form.
import { h, icon, newId, announce } from './dom.js';
import { t } from './text.js';

/**
 * A field.
 * @param {object} options
 * @param {string} options.label What it is called.
 * @param {string} [options.hint] What helps to fill it in.
 * @param {boolean} [options.required] Whether it must be filled in.
 * @param {Element} options.control The input, select or text area.
 * @param {string} options.path Where its value goes in the request, below its form's place.
 * @param {() => string | null} [options.check] What is wrong with its value by itself.
 * @param {Element} [options.extra] What stands beside the control.
 * @param {boolean} [options.isInline] Whether the label stands behind the control, as a check box has it.
 */
export function field({ label, hint, required = false, control, path, check = () => null, extra = null, isInline = false }) {
  const id = newId('field');
  control.id = id;
  const described = [];
  const parts = [];
  if (hint) {
    parts.push(h('p', { class: 'hint', id: `${id}-hint` }, hint));
    described.push(`${id}-hint`);
  }
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
  described.push(error.id);
  control.setAttribute('aria-describedby', described.join(' '));
  if (required && control.type !== 'checkbox') control.setAttribute('aria-required', 'true');
  const name = h('label', { for: id }, label, !required && !isInline && h('span', { class: 'optional' }, ` ${t('field.optional')}`));
  const row = extra ? h('div', { class: 'with-extra' }, control, extra) : control;
  const element = isInline
    ? h('div', { class: 'field inline' }, h('div', { class: 'choice' }, control, name), parts, error)
    : h('div', { class: 'field' }, name, parts, error, row);
  return {
    element, label, path, control,
    focus: () => control.focus(),
    show(message) {
      error.textContent = '';
      error.hidden = !message;
      if (message) {
        error.append(icon('warning'), message);
        control.setAttribute('aria-invalid', 'true');
      } else {
        control.removeAttribute('aria-invalid');
      }
    },
    check() {
      const missing = required && control.type !== 'checkbox' && control.value.trim() === '';
      return missing ? t('field.required', { label }) : check();
    },
  };
}

const isSecret = { autocomplete: 'off', autocapitalize: 'none', autocorrect: 'off', spellcheck: 'false' };

/** A field for one line of text. */
export function textField(options) {
  const control = h('input', { type: options.type ?? 'text', inputmode: options.inputmode, placeholder: options.placeholder, maxlength: options.maxLength, ...(options.attributes ?? {}) });
  control.value = options.value ?? '';
  return field({ ...options, control });
}

/** A field for a secret, which can be shown on demand. */
export function secretField(options) {
  const control = h('input', { type: 'password', ...isSecret, autocomplete: 'new-password', maxlength: options.maxLength });
  const toggle = h('button', { type: 'button', class: 'quiet small', 'aria-pressed': 'false', 'aria-label': t('field.showNamed', { label: options.label }) }, t('field.show'));
  toggle.addEventListener('click', () => {
    const isShown = control.type === 'password';
    control.type = isShown ? 'text' : 'password';
    toggle.setAttribute('aria-pressed', String(isShown));
  });
  return field({ ...options, control, extra: toggle });
}

/** A field for a key or certificate: pasted, or read from a file. It is never shown in full by itself. */
export function fileField(options) {
  const control = h('textarea', { rows: options.rows ?? 4, class: 'code', ...isSecret, placeholder: options.placeholder });
  const picker = h('input', { type: 'file', class: 'unseen', tabindex: '-1', 'aria-hidden': 'true', accept: options.accept });
  picker.addEventListener('change', async () => {
    const file = picker.files[0];
    if (!file) return;
    control.value = await file.text();
    control.focus();
    announce(t('field.fileRead', { name: file.name }));
  });
  const button = h('button', { type: 'button', class: 'quiet small', 'aria-label': t('field.chooseFileNamed', { label: options.label }), onclick: () => picker.click() }, t('field.chooseFile'));
  return field({ ...options, control, extra: [button, picker] });
}

/** The summary above a form: empty and unseen until there is something to say. */
export function errorSummary() {
  const element = h('div', { class: 'summary', tabindex: '-1', hidden: true });
  return {
    element,
    clear() {
      element.hidden = true;
      element.replaceChildren();
    },
    /** @param {{message: string, field: object | null}[]} faults What is wrong. */
    show(faults, heading = null) {
      const title = h('h2', { id: newId('faults') }, icon('warning'), heading ?? t('faults.heading', { count: faults.length }));
      element.setAttribute('aria-labelledby', title.id);
      element.setAttribute('role', 'group');
      element.replaceChildren(title, h('ul', {}, faults.map(({ message, field: at }) => h('li', {}, at
        ? h('a', { href: `#${at.control.id}`, onclick: event => { event.preventDefault(); at.focus(); } }, message)
        : message))));
      element.hidden = false;
      element.focus();
      element.scrollIntoView({ block: 'start' });
    },
  };
}

/** Checks fields and marks what is wrong. */
export function faultsOf(fields) {
  return fields.flatMap(one => {
    const message = one.check();
    one.show(message);
    return message ? [{ message, field: one }] : [];
  });
}

/**
 * Shows what the server found wrong at the fields that it names.
 * @param {import('./api.js').Refusal} refusal What the server said.
 * @param {{prefix: string, fields: object[]}[]} forms The fields, and where in the request each lot stands.
 */
export function place(refusal, forms) {
  const known = forms.flatMap(({ prefix, fields }) => fields.map(one => ({ one, path: [prefix, one.path].filter(Boolean).join('.').replaceAll('.[', '[') })));
  const covers = (path, named) => named === path || named.startsWith(`${path}.`) || named.startsWith(`${path}[`);
  for (const { one } of known) one.show(null);
  if (refusal.fields.length === 0) return [{ message: messageOf(refusal), field: null }];
  return refusal.fields.map(({ field: named, message }) => {
    const at = known.filter(({ path }) => covers(path, named)).sort((x, y) => y.path.length - x.path.length)[0]?.one ?? null;
    const text = at ? t('field.refused', { label: at.label, message }) : message;
    at?.show(text);
    return { message: at ? text : `${named}: ${message}`, field: at };
  });
}

const own = ['state_unknown', 'state_used', 'state_expired', 'state_foreign'];

/** What the server said, in the user's language where the page knows better words. */
export function messageOf(refusal) {
  if (refusal.status === 0) return t('error.offline');
  if (refusal.status === 401) return t('error.expired');
  if (refusal.status >= 500) return t('error.server');
  if (own.includes(refusal.code)) return t('error.signInAgain');
  return refusal.message;
}
