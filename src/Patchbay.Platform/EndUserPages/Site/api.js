// Speaks to the server. The token lives here, in memory, and nowhere else: no cookie, no storage, no address.

const root = new URL('../api/embedded/v1/', document.baseURI).href;

let token = null;
let session = null;
let onExpired = () => {};

/** What the server said no to. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body?.code ?? 'no_answer';
    this.fields = body?.fields ?? [];
  }
}

async function read(answer) {
  const text = await answer.text();
  let body = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    // An error page of something between us and the server.
  }
  if (!answer.ok) throw new Refusal(answer.status, body);
  return body;
}

async function send(url, method, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(url, {
      method,
      headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } catch {
    throw new Refusal(0, null);
  }
  return read(answer);
}

/** Exchanges the one-time code of the address for a session. */
export async function open(code) {
  session = await send(`${document.location.pathname}/session`, 'POST', { code });
  token = session.token;
  delete session.token;
  return session;
}

/** What to do once the session is over. */
export function whenExpired(act) {
  onExpired = act;
}

async function call(method, path, body) {
  try {
    return await send(root + path, method, body, { Authorization: `Bearer ${token}` });
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.status === 401) onExpired();
    throw refusal;
  }
}

const user = () => encodeURIComponent(session.userId);
const hub = () => encodeURIComponent(session.hubId);

async function all(path, field) {
  const items = [];
  let after = '';
  do {
    const page = await call('GET', `${path}${path.includes('?') ? '&' : '?'}first=100${after}`);
    items.push(...(page[field] ?? []));
    after = page.next ? `&after=${encodeURIComponent(page.next)}` : null;
  } while (after);
  return items;
}

export const listIntegrations = async () => (await call('GET', `embed/${hub()}/users/${user()}/integrations?deployed=true`)).integrations;
export const getIntegration = id => call('GET', `embed/${hub()}/users/${user()}/integrations/${encodeURIComponent(id)}`);
export const findActivation = async integrationId =>
  (await call('GET', `embed/${hub()}/users/${user()}/activations?integration_id=${encodeURIComponent(integrationId)}&first=1`)).activations[0] ?? null;
export const getActivation = id => call('GET', `activations/${encodeURIComponent(id)}`);

/** The user's connections with a connector; none where the user does not exist yet. */
export async function listConnections(connectorId) {
  try {
    return await all(`hubs/${hub()}/users/${user()}/connections?hub_connector_id=${encodeURIComponent(connectorId)}`, 'connections');
  } catch (refusal) {
    if (refusal.status === 404) return [];
    throw refusal;
  }
}

/** Activates an integration. Whoever comes for the first time comes to be with it. */
export async function activate(integrationId, connections, dynamicVariables) {
  const send = () => call('POST', 'activations', { userId: session.userId, integrationId, connections, dynamicVariables });
  try {
    return await send();
  } catch (refusal) {
    if (refusal.code !== 'end_user_not_found') throw refusal;
  }
  try {
    await call('POST', `hubs/${hub()}/users`, { externalId: session.userId });
  } catch (refusal) {
    // In another window, meanwhile.
    if (refusal.code !== 'end_user_exists') throw refusal;
  }
  return send();
}

export const deactivate = id => call('DELETE', `activations/${encodeURIComponent(id)}`);
export const saveVariables = (id, dynamicVariables) => call('PUT', `activations/${encodeURIComponent(id)}/variables`, { dynamicVariables });
export const reconnect = (connectionId, connection) =>
  call('PUT', `hubs/${hub()}/users/${user()}/connections/${encodeURIComponent(connectionId)}`, connection);
export const beginSignIn = (connectorId, request) => call('POST', `embed/${hub()}/connector/${encodeURIComponent(connectorId)}/oauth2/initialise`, request);
