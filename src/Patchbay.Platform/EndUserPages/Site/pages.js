// What the user sees: the list of integrations, and one integration, to turn on or to look after.
import { h, icon, picture, busy, announce, newId } from './dom.js';
import { t } from './text.js';
import * as api from './api.js';
import { errorSummary, faultsOf, place, messageOf } from './fields.js';
import { schemaForm } from './schema-form.js';
import { connectionForm, newConnection, stateOf } from './connection-form.js';
import { tell } from './peer.js';

const searchFrom = 7;

/** The list. */
export async function listPage(open) {
  const integrations = (await api.listIntegrations()).filter(integration => integration.isDeployed);
  const tile = integration => {
    const name = h('a', { href: `#/${integration.id}`, class: 'tile-link' }, integration.name);
    name.addEventListener('click', event => { event.preventDefault(); open(integration.id); });
    return h('li', { class: 'tile' },
      picture(integration.name, integration.imageUrl),
      h('div', { class: 'tile-text' },
        h('h2', {}, name),
        integration.description && h('p', { class: 'muted clamp' }, integration.description),
        h('p', {}, integration.isActivated
          ? h('span', { class: 'state good' }, icon('check'), t('state.active'))
          : h('span', { class: 'state' }, t('state.inactive')))),
      icon('next'));
  };
  const tiles = h('ul', { class: 'tiles' }, integrations.map(tile));
  const nothing = h('p', { class: 'notice', hidden: true });
  const find = h('input', { type: 'search', id: newId('find'), autocomplete: 'off', placeholder: t('list.search') });
  find.addEventListener('input', () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    const found = integrations.filter(one => `${one.name} ${one.description}`.toLocaleLowerCase().includes(wanted));
    tiles.replaceChildren(...found.map(tile));
    nothing.hidden = found.length > 0;
    nothing.textContent = t('list.noMatch', { text: find.value.trim() });
    announce(t('list.found', { count: found.length }));
  });
  return {
    title: t('list.title'),
    element: [
      h('h1', { tabindex: '-1' }, t('list.title')),
      integrations.length > 0 && h('p', { class: 'lead muted' }, t('list.lead')),
      integrations.length >= searchFrom && h('div', { class: 'find' }, h('label', { class: 'unseen', for: find.id }, t('list.search')), icon('search'), find),
      integrations.length === 0 ? h('div', { class: 'empty' }, icon('plug'), h('p', {}, t('list.empty'))) : tiles,
      nothing,
    ],
  };
}

/** One integration: the form to turn it on, or what it is doing. */
export async function integrationPage(id, open, canGoBack) {
  const [integration, summary] = await Promise.all([api.getIntegration(id), api.findActivation(id)]);
  const activation = summary && await api.getActivation(summary.id);
  const back = canGoBack && h('nav', { 'aria-label': t('nav.label') },
    h('a', { href: '#/', class: 'back', onclick: event => { event.preventDefault(); open(null); } }, icon('back'), t('nav.back')));
  const head = h('div', { class: 'page-head' }, picture(integration.name, integration.imageUrl),
    h('div', {}, h('h1', { tabindex: '-1' }, integration.name), activation
      ? h('p', {}, h('span', { class: 'state good' }, icon('check'), t('state.active')))
      : integration.description && h('p', { class: 'muted' }, integration.description)));
  const again = message => open(id, message);
  const body = activation ? active(integration, activation, again)
    : integration.isDeployed ? await inactive(integration, again)
    : h('p', { class: 'notice' }, t('integration.unavailable'));
  return { title: integration.name, element: [back, head, body] };
}

/** Whether codes of sign-ins may be used up: what is wrong with fields is found before any is exchanged. */
const mayBeSpent = refusal => refusal.code !== 'invalid_request';

/** Sends a form: checks it here, sends it, and puts what is wrong to its place. */
function submits(form, summary, button, { fields, forms, send, done, failed = () => {} }) {
  form.addEventListener('submit', event => {
    event.preventDefault();
    summary.clear();
    const faults = faultsOf(fields());
    if (faults.length > 0) {
      summary.show(faults);
      return;
    }
    busy(button, async () => {
      const placed = forms();
      try {
        await send();
      } catch (failure) {
        if (!(failure instanceof api.Refusal)) throw failure;
        failed(failure);
        summary.show(place(failure, placed));
        return;
      }
      await done();
    });
  });
}

async function inactive(integration, again) {
  const templates = integration.connectionTemplates.filter(template => template.isUsed);
  const connections = await Promise.all(templates.map(async template => connectionForm(template, await api.listConnections(template.connectorId))));
  const asking = connections.filter(connection => connection.asks);
  const variables = schemaForm(integration.variablesSchema);
  const summary = errorSummary();
  const button = h('button', { type: 'submit', class: 'primary large' }, t('activate.button'));
  const steps = [
    asking.length > 0 && [t('activate.connect', { count: asking.length }), asking.map(connection => connection.element)],
    variables.element && [t('variables.heading'), h('div', { class: 'card' }, variables.element)],
  ].filter(Boolean);
  const form = h('form', { novalidate: true, autocomplete: 'off' }, summary.element,
    steps.map(([title, contents], index) => h('section', { class: 'step' },
      h('h2', {}, steps.length > 1 && h('span', { class: 'step-number', 'aria-hidden': 'true' }, String(index + 1)), title), contents)),
    h('div', { class: 'actions' }, button, asking.length > 0 && h('p', { class: 'muted assurance' }, icon('lock'), t('activate.assurance'))));
  submits(form, summary, button, {
    fields: () => [...connections.flatMap(connection => connection.fields()), ...variables.fields],
    forms: () => [...connections.flatMap((connection, index) => connection.forms(`connections[${index}]`)), { prefix: 'dynamicVariables', fields: variables.fields }],
    send: async () => {
      const made = await api.activate(integration.id, connections.map(connection => connection.value()), variables.value());
      tell('activated', { integrationId: integration.id, activationId: made.id });
    },
    failed: refusal => { if (mayBeSpent(refusal)) connections.forEach(connection => connection.spent()); },
    done: () => again(t('activate.done', { name: integration.name })),
  });
  return form;
}

function active(integration, activation, again) {
  const byTemplate = new Map((activation.connections ?? []).map(connection => [connection.templateId, connection]));
  // What needs no credential, as the product itself often does, is nothing to look after.
  const templates = integration.connectionTemplates.filter(template => byTemplate.has(template.id) && template.authSchemeConfig.schemeType !== 'none');
  const broken = templates.filter(template => (byTemplate.get(template.id)?.errors ?? []).length > 0);
  return [
    broken.length > 0 && h('div', { class: 'notice bad' }, icon('warning'), h('p', {}, t('integration.broken', { name: broken.map(template => template.name).join(', ') }))),
    templates.length > 0 && h('section', { class: 'step' }, h('h2', {}, t('integration.connections')),
      templates.map(template => connected(template, byTemplate.get(template.id), broken.includes(template), again))),
    settings(integration, activation, again),
    ending(integration, activation, again),
  ];
}

/** A connection of an activation: its state, and the form to connect it anew. */
function connected(template, connection, isBroken, again) {
  const title = h('h3', { id: newId('template') }, template.name);
  const reasons = connection?.errors ?? [];
  const place = h('div', { id: newId('reconnect'), class: 'reconnect' });
  const toggle = connection && h('button', { type: 'button', class: isBroken ? 'primary' : 'quiet', 'aria-expanded': 'false', 'aria-controls': place.id },
    t(isBroken ? 'reconnect.button' : 'reconnect.replace'), h('span', { class: 'unseen' }, ` ${template.name}`));
  toggle?.addEventListener('click', () => {
    const isOpen = toggle.getAttribute('aria-expanded') === 'true';
    toggle.setAttribute('aria-expanded', String(!isOpen));
    toggle.className = isBroken && isOpen ? 'primary' : 'quiet';
    place.replaceChildren(...(isOpen ? [] : [reconnectForm(template, connection, again)]));
    if (!isOpen) place.querySelector('input, button, textarea')?.focus();
  });
  return h('section', { class: 'card connection', 'aria-labelledby': title.id },
    h('div', { class: 'card-head' }, picture(template.name, template.imageUrl),
      h('div', {}, title, connection && connection.name !== template.name && h('p', { class: 'muted' }, connection.name)),
      connection && h('div', { class: 'card-state' }, stateOf(connection))),
    reasons.length > 0 && h('ul', { class: 'reasons' }, reasons.map(reason => h('li', {}, reason))),
    toggle, place);
}

function reconnectForm(template, connection, again) {
  const made = newConnection(template, connection.variables ?? []);
  const summary = errorSummary();
  const button = h('button', { type: 'submit', class: 'primary' }, t('reconnect.save'));
  const form = h('form', { novalidate: true, autocomplete: 'off' }, summary.element, made.element, h('div', { class: 'actions' }, button));
  submits(form, summary, button, {
    fields: made.fields,
    forms: () => made.forms(''),
    send: async () => {
      const now = await api.reconnect(connection.connectionId, { credentials: made.credentials(connection.name) });
      const faults = now.credentials.action[0].credential.errors ?? [];
      if (faults.length > 0) throw new api.Refusal(400, { code: 'credential_refused', message: faults.join(' ') });
    },
    failed: refusal => { if (mayBeSpent(refusal)) made.spent(); },
    done: () => {
      tell('reconnected', { templateId: template.id });
      return again(t('reconnect.done', { name: template.name }));
    },
  });
  return form;
}

function settings(integration, activation, again) {
  const variables = schemaForm(integration.variablesSchema, activation.dynamicVariables ?? {});
  if (!variables.element) return null;
  const summary = errorSummary();
  const button = h('button', { type: 'submit', class: 'primary' }, t('variables.save'));
  const form = h('form', { novalidate: true, class: 'card', autocomplete: 'off' }, summary.element, variables.element, h('div', { class: 'actions' }, button));
  submits(form, summary, button, {
    fields: () => variables.fields,
    forms: () => [{ prefix: 'dynamicVariables', fields: variables.fields }],
    send: () => api.saveVariables(activation.id, variables.value()),
    done: () => {
      tell('changed', { integrationId: integration.id, activationId: activation.id });
      return again(t('variables.saved'));
    },
  });
  return h('section', { class: 'step' }, h('h2', {}, t('variables.heading')), form);
}

/** Turning it off, which is asked once more. */
function ending(integration, activation, again) {
  const error = h('p', { class: 'error', role: 'alert', hidden: true });
  const sure = h('button', { type: 'button', class: 'danger' }, t('deactivate.sure'));
  const title = h('h2', { id: newId('sure') }, t('deactivate.question', { name: integration.name }));
  const dialog = h('dialog', { 'aria-labelledby': title.id }, title, h('p', {}, t('deactivate.consequence')), error,
    h('div', { class: 'actions' }, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('deactivate.keep')), sure));
  sure.addEventListener('click', () => busy(sure, async () => {
    try {
      await api.deactivate(activation.id);
    } catch (failure) {
      if (!(failure instanceof api.Refusal)) throw failure;
      error.hidden = false;
      error.textContent = messageOf(failure);
      return;
    }
    dialog.close();
    tell('deactivated', { integrationId: integration.id, activationId: activation.id });
    await again(t('deactivate.done', { name: integration.name }));
  }));
  return h('section', { class: 'step ending' },
    h('h2', {}, t('deactivate.heading')), h('p', { class: 'muted' }, t('deactivate.consequence')),
    h('button', { type: 'button', class: 'danger-quiet', onclick: () => dialog.showModal() }, t('deactivate.button')), dialog);
}
