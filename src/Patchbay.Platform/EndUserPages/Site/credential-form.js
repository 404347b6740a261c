// The form of each auth scheme, made from its config. What it yields is a credential to create; the server seals it and never gives it back.
import { h, icon, announce, busy, newId } from './dom.js';
import { t } from './text.js';
import { textField, secretField, fileField } from './fields.js';
import { beginSignIn, Refusal } from './api.js';
import { openWindow, signIn, SignInError } from './sign-in.js';
import { messageOf } from './fields.js';

/** What of a text stands between double braces, less the connection's variables: the names that a user fills in. */
const placeholders = (value, template) => [...new Set([...JSON.stringify(value ?? {}).matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map(match => match[1]))]
  .filter(name => !(template.variables ?? []).some(variable => variable.name === name));

/** What a script reads of its values: `values.key`, `values['key']`, `const { key } = context.values`. */
const readByScript = source => [...new Set([
  ...[...source.matchAll(/\bvalues\??\.([A-Za-z_]\w*)/g)].map(match => match[1]),
  ...[...source.matchAll(/\bvalues\[\s*(['"`])([^'"`]+)\1\s*\]/g)].map(match => match[2]),
  ...[...source.matchAll(/\{([^{}]*)\}\s*=\s*(?:\w+\.)?values\b/g)].flatMap(match => match[1].split(',').map(part => part.split(/[:=]/)[0].trim()).filter(name => /^\w+$/.test(name))),
])];

/** What a JWT is made of where the config does not say: the server's own. */
const usualAssertion = config => ({ claims: { iss: '{{issuer}}', sub: '{{subject}}', ...(config.tokenUrl ? {} : { aud: '{{audience}}' }) } });

const named = name => name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_.-]+/g, ' ').replace(/^./, letter => letter.toLocaleUpperCase());

const typed = (type, fields, data) => ({ fields, element: fields.map(one => one.element), credential: () => ({ type, data: data() }) });
const optional = (key, made) => (made.control.value === '' ? {} : { [key]: made.control.value });
const required = true;

function texts(type, names) {
  const fields = names.map(name => secretField({ label: named(name), required, path: `values.${name}` }));
  const made = typed(type, fields, () => ({ values: Object.fromEntries(names.map((name, index) => [name, fields[index].control.value])) }));
  return names.length > 0 ? made : { ...made, element: [h('p', { class: 'hint' }, t('scheme.none'))] };
}

/** Where there is no form to be had: says so, and keeps the whole from being sent. */
function hopeless(message) {
  const said = h('p', { class: 'error', id: newId('hopeless'), tabindex: '-1' }, icon('warning'), message);
  return {
    fields: [{ label: '', path: '', control: said, focus: () => said.focus(), show() {}, check: () => message }],
    element: [said],
    credential: () => null,
  };
}

const schemes = {
  none: () => ({ fields: [], element: [h('p', { class: 'hint' }, t('scheme.none'))], credential: () => ({ type: 'none', data: {} }) }),

  'api-key': config => {
    const isHeader = config.in === 'header' && /^authorization$/i.test(config.name);
    const key = secretField({ label: t('scheme.apiKey'), hint: isHeader ? t('scheme.authorizationHint') : null, required, path: 'value' });
    return typed('string', [key], () => ({ value: key.control.value.trim() }));
  },

  'basic-auth': () => {
    const [name, password] = userAndPassword();
    return typed('basic-auth', [name, password], () => ({ username: name.control.value, password: password.control.value }));
  },

  hmac: () => {
    const secret = secretField({ label: t('scheme.signingSecret'), hint: t('scheme.signingSecretHint'), required, path: 'value' });
    return typed('string', [secret], () => ({ value: secret.control.value }));
  },

  certificate: () => {
    const pem = { required, accept: '.pem,.crt,.cer,.key' };
    const [certificate, key, ca] = [
      fileField({ ...pem, label: t('scheme.certificate'), path: 'certificate', placeholder: '-----BEGIN CERTIFICATE-----' }),
      fileField({ ...pem, label: t('scheme.certificateKey'), path: 'key', placeholder: '-----BEGIN PRIVATE KEY-----' }),
      fileField({ ...pem, required: false, label: t('scheme.certificateAuthority'), hint: t('scheme.certificateAuthorityHint'), path: 'ca' }),
    ];
    return typed('certificate', [certificate, key, ca], () => ({ certificate: certificate.control.value, key: key.control.value, ca: ca.control.value }));
  },

  'jwt-bearer': (config, template) => {
    const isShared = /^HS/.test(config.assertion?.algorithm ?? '');
    const key = isShared ? secretField({ label: t('scheme.signingSecret'), required, path: 'privateKey' }) : privateKeyField(t('scheme.privateKey'), 'privateKey');
    const keyId = textField({ label: t('scheme.keyId'), path: 'keyId' });
    const names = placeholders(config.assertion ?? usualAssertion(config), template);
    const values = names.map(name => textField({ label: named(name), required, path: `values.${name}` }));
    return typed('jwt-bearer', [...values, key, keyId], () => ({
      privateKey: key.control.value, ...optional('keyId', keyId),
      ...(names.length > 0 ? { values: Object.fromEntries(names.map((name, index) => [name, values[index].control.value])) } : {}),
    }));
  },

  'google-service-account': () => {
    const isKeyFile = value => { try { return JSON.parse(value).type === 'service_account'; } catch { return false; } };
    const file = fileField({
      label: t('scheme.serviceAccount'), hint: t('scheme.serviceAccountHint'), required, path: 'value', rows: 6, accept: '.json,application/json', placeholder: '{ "type": "service_account", … }',
      check: () => (isKeyFile(file.control.value) ? null : t('scheme.serviceAccountFault')),
    });
    return typed('string', [file], () => ({ value: file.control.value }));
  },

  'custom-function': config => {
    const names = readByScript(config.source ?? '');
    // It reads values, and nobody can say which.
    return names.length === 0 && /\bvalues\b/.test(config.source ?? '') ? hopeless(t('scheme.unknown', { name: config.schemeType })) : texts('custom-function', names);
  },

  'two-step': (config, template) => texts('values', placeholders(config.trade, template)),

  oauth1: config => {
    const [key, secret, token, tokenSecret] = [
      textField({ label: t('scheme.consumerKey'), required, path: 'consumerKey' }),
      /^RSA/.test(config.profile?.signatureMethod ?? '') ? privateKeyField(t('scheme.privateKey'), 'consumerSecret')
        : secretField({ label: t('scheme.consumerSecret'), required, path: 'consumerSecret' }),
      secretField({ label: t('scheme.token'), path: 'token' }),
      secretField({ label: t('scheme.tokenSecret'), path: 'tokenSecret' }),
    ];
    return typed('oauth1-token', [key, secret, token, tokenSecret], () => ({
      consumerKey: key.control.value, consumerSecret: secret.control.value, ...optional('token', token), ...optional('tokenSecret', tokenSecret),
    }));
  },

  'aws-signature': () => {
    const [id, secret, session] = [
      textField({ label: t('scheme.accessKeyId'), required, path: 'accessKeyId' }),
      secretField({ label: t('scheme.secretAccessKey'), required, path: 'secretAccessKey' }),
      secretField({ label: t('scheme.sessionToken'), path: 'sessionToken' }),
    ];
    return typed('aws-keys', [id, secret, session], () => ({ accessKeyId: id.control.value, secretAccessKey: secret.control.value, ...optional('sessionToken', session) }));
  },

  oauth2: (config, template, variables) => {
    switch (config.grant?.grantType) {
      case 'client_credentials': {
        const [id, secret] = [
          textField({ label: t('scheme.clientId'), required, path: 'clientId' }),
          config.clientAuthentication === 'private_key_jwt' ? privateKeyField(t('scheme.privateKey'), 'clientSecret')
            : secretField({ label: t('scheme.clientSecret'), required, path: 'clientSecret' }),
        ];
        return typed('oauth2-client', [id, secret], () => ({
          clientId: id.control.value, clientSecret: secret.control.value, authorizeUrl: '', tokenUrl: config.tokenUrl, scopes: config.defaultScopes,
        }));
      }
      case 'password': {
        if (!config.grant.credentialId) return hopeless(t('scheme.unfinished', { name: template.name }));
        const [name, password] = userAndPassword();
        return typed('oauth2-password', [name, password], () => ({ username: name.control.value, password: password.control.value }));
      }
      default: return config.grant?.credentialId ? consent(config, template, variables) : hopeless(t('scheme.unfinished', { name: template.name }));
    }
  },
};

const privateKeyField = (label, path) => fileField({ label, hint: t('scheme.privateKeyHint'), required, path, accept: '.pem,.key,.json,.jwk' });

function userAndPassword() {
  return [
    textField({ label: t('scheme.username'), required, path: 'username', attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' } }),
    secretField({ label: t('scheme.password'), required, path: 'password' }),
  ];
}

/** The sign-in at a provider: a button, and what came of it. */
function consent(config, template, variables) {
  let answer = null;
  let attempt = null;
  const button = h('button', { type: 'button', class: 'primary' }, icon('external'), t('signIn.with', { name: template.name }));
  const state = h('p', { class: 'sign-in-state', role: 'status' });
  const asked = (config.scopes ?? []).filter(scope => (config.defaultScopes ?? []).includes(scope.name) && scope.description);
  const error = h('p', { class: 'error', hidden: true, id: `${template.id}-sign-in-error` });
  button.setAttribute('aria-describedby', error.id);
  const show = message => {
    error.hidden = !message;
    error.replaceChildren(...(message ? [icon('warning'), message] : []));
  };
  const set = value => {
    answer = value;
    state.replaceChildren(...(value ? [icon('check'), t('signIn.done', { name: template.name })] : []));
    state.classList.toggle('done', value !== null);
    button.lastChild.textContent = t(value ? 'signIn.again' : 'signIn.with', { name: template.name });
    button.className = value ? 'quiet' : 'primary';
  };
  button.addEventListener('click', () => {
    attempt?.abort();
    const mine = attempt = new AbortController();
    const popup = openWindow();
    show(popup === null ? t('signIn.blocked') : null);
    if (popup === null) return;
    busy(button, async () => {
      state.replaceChildren(t('signIn.waiting', { name: template.name }));
      try {
        const { url } = await beginSignIn(template.connectorId, {
          credential: { id: config.grant.credentialId, organisationId: config.grant.organisationId },
          authorizeUrl: config.authorizeUrl, clientId: config.grant.clientId, authSchemeConfigId: config.id, scopes: config.defaultScopes,
          ...(config.additionalAuthorizeParams ? { additionalParams: config.additionalAuthorizeParams } : {}),
          ...(variables().length > 0 ? { variables: variables() } : {}),
        });
        set(await signIn(popup, url, mine.signal, () => {
          // Perhaps it was closed, perhaps only cut off: the button serves again meanwhile.
          state.replaceChildren(t('signIn.closed'));
          button.removeAttribute('aria-disabled');
          button.classList.remove('busy');
        }));
        show(null);
        announce(t('signIn.done', { name: template.name }));
        button.focus();
      } catch (failure) {
        if (mine !== attempt) return;
        popup.close();
        set(null);
        const message = failure instanceof SignInError ? failure.message : failure instanceof Refusal ? messageOf(failure) : t('error.unknown');
        show(message);
        announce(message);
      }
    });
  });
  const made = {
    label: template.name, path: '', control: button, element: null,
    focus: () => button.focus(),
    show(message) {
      // A state serves once: what the server refused is of no use any more.
      if (message && answer) set(null);
      show(message);
    },
    check: () => (answer ? null : t('signIn.missing', { name: template.name })),
  };
  button.id = `${template.id}-sign-in`;
  return {
    fields: [made],
    element: [
      asked.length > 0 && h('details', {}, h('summary', {}, t('signIn.scopes')), h('ul', {}, asked.map(scope => h('li', {}, scope.description)))),
      error, h('div', { class: 'row' }, button, state),
    ],
    credential: () => ({ type: 'oauth2-code', data: answer }),
    // Codes are single use: after a try that failed for another reason the user has to sign in again.
    spent: () => set(null),
  };
}

/**
 * The form of a template's scheme.
 * @param {object} template The connection template.
 * @param {() => {name: string, value: string}[]} variables The connection's variables as they are filled in, which URLs may depend on.
 */
export function credentialForm(template, variables) {
  const config = template.authSchemeConfig;
  const make = schemes[config.schemeType];
  if (!make) return hopeless(t('scheme.unknown', { name: config.schemeType }));
  return make(config, template, variables);
}
