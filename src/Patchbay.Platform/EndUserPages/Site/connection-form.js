// One connection of an activation: an account that is connected already, or a new one.
import { h, icon, picture, newId } from './dom.js';
import { t } from './text.js';
import { textField } from './fields.js';
import { credentialForm } from './credential-form.js';

/** The name of a new connection: the user's own connections of one connector have different ones. */
function freeName(name, existing) {
  const taken = new Set(existing.map(connection => connection.name));
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${name} ${number}`;
    if (!taken.has(tried)) return tried;
  }
}

/**
 * The fields of a connection: the variables of its connector, and the credential.
 * @param {object} template The connection template.
 * @param {{name: string, value: string}[] | null} kept The variables of a connection that keeps them; null for a new one, which asks.
 */
export function newConnection(template, kept = null) {
  const asked = (kept ? [] : template.variables ?? []).map(variable => ({
    variable,
    made: textField({ label: variable.label || variable.name, hint: variable.description, required: variable.required === true, path: '', value: String(variable.value ?? '') }),
  }));
  const variables = () => kept ?? asked.filter(({ made }) => made.control.value !== '').map(({ variable, made }) => ({ name: variable.name, value: made.control.value }));
  const credential = credentialForm(template, variables);
  return {
    element: h('div', { class: 'fields' }, asked.map(({ made }) => made.element), credential.element),
    spent: () => credential.spent?.(),
    fields: () => [...asked.map(({ made }) => made), ...credential.fields],
    forms(prefix) {
      // The server counts the variables that were sent.
      let sent = 0;
      for (const { made } of asked) made.path = made.control.value === '' ? 'variables' : `variables[${sent++}].value`;
      return [
        { prefix, fields: asked.map(({ made }) => made) },
        { prefix: [prefix, 'credentials.action[0].credential.data'].filter(Boolean).join('.'), fields: credential.fields },
        // What is wrong with the credential as a whole, such as that it does not work.
        { prefix: [prefix, 'credentials'].filter(Boolean).join('.'), fields: credential.fields.slice(0, 1).map(one => Object.create(one, { path: { value: '' } })) },
      ];
    },
    credentials: name => ({ action: [{ authSchemeConfig: { id: template.authSchemeConfig.id }, credential: { name, ...credential.credential() } }] }),
    variables,
  };
}

/**
 * The part of the activation form for one template.
 * @param {object} template The connection template.
 * @param {object[]} existing The user's connections that it could use.
 */
export function connectionForm(template, existing) {
  const made = newConnection(template);
  const group = newId('connection');
  const name = freeName(template.name, existing);
  let chosen = existing[0]?.id ?? null;
  made.element.hidden = chosen !== null;
  const option = (id, label) => {
    const own = newId('use');
    const input = h('input', { type: 'radio', id: own, name: group, checked: id === chosen });
    input.addEventListener('change', () => {
      chosen = id;
      made.element.hidden = id !== null;
    });
    return h('div', { class: 'choice' }, input, h('label', { for: own }, label));
  };
  const description = template.authSchemeConfig.description;
  const title = h('h3', { id: newId('template') }, template.name);
  const element = h('section', { class: 'card connection', 'aria-labelledby': title.id },
    h('div', { class: 'card-head' }, picture(template.name, template.imageUrl), h('div', {}, title, description && h('p', { class: 'muted' }, description))),
    existing.length > 0 && h('fieldset', { class: 'plain' }, h('legend', { class: 'unseen' }, t('connection.which', { name: template.name })),
      existing.map(connection => option(connection.id, t('connection.use', { name: connection.name }))), option(null, t('connection.another'))),
    made.element);
  return {
    element, template,
    // Nothing to fill in, and the product itself once it is connected, is no question.
    asks: chosen === null ? made.fields().length > 0 : !template.isPrimary,
    fields: () => (chosen === null ? made.fields() : []),
    forms: prefix => (chosen === null ? made.forms(prefix) : []),
    spent: made.spent,
    value: () => (chosen === null ? { templateId: template.id, name, credentials: made.credentials(name), variables: made.variables() } : { templateId: template.id, connectionId: chosen }),
  };
}

/** The state of a connection, as a word with a sign. */
export function stateOf(connection) {
  const isBroken = (connection?.errors ?? []).length > 0 || connection === null;
  return h('span', { class: ['state', isBroken ? 'bad' : 'good'] }, icon(isBroken ? 'warning' : 'check'), t(isBroken ? 'state.broken' : 'state.works'));
}
