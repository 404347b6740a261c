// Hands what a provider answered, which is the query of this page, to whoever opened the window, and to nobody else:
// - by a BroadcastChannel, which only pages of this origin can listen to, whose name such a page left in the session storage; or
// - by a message, in answer to a hello from the opener that knows the state, at an origin that the server names for this state.
(() => {
  'use strict';

  const answerAfterMs = 30_000;
  const closeAfterMs = 1_000;
  const search = window.location.search;
  const query = new URLSearchParams(search);
  const state = query.get('state') ?? '';
  const error = query.get('error');
  let handedOver = false;

  // Texts of a provider are shown as text, never as markup.
  const show = (id, text) => {
    const element = document.getElementById(id);
    element.textContent = text;
    element.hidden = text === '';
  };
  const say = (heading, message, detail = '') => {
    show('heading', heading);
    show('message', message);
    show('detail', detail);
    document.title = heading;
  };

  const providersWords = () => [query.get('error_description'), error === null ? null : `(${error})`].filter(Boolean).join(' ');
  const sayError = message => error === 'access_denied'
    ? say('Access was not granted', message, providersWords())
    : say('The provider reported an error', message, providersWords());

  const finish = () => {
    if (handedOver) return;
    handedOver = true;
    // A code in the history of the browser helps nobody.
    window.history.replaceState(null, '', window.location.pathname);
    if (error !== null) {
      sayError('The application has been told. You may close this window.');
      return;
    }
    say('Done', 'The application has the answer. You may close this window.');
    window.setTimeout(() => window.close(), closeAfterMs);
  };

  const nobodyWaits = why => error === null
    ? say('Nobody waits for this answer', `${why} You may close this window and begin again in the application.`)
    : sayError('You may close this window and begin again in the application.');

  const channelName = () => {
    try {
      return window.sessionStorage.getItem(`oauth2-state-${state}`);
    } catch {
      // The browser keeps no storage for this page.
      return null;
    }
  };

  const originsOfState = async () => {
    const answer = await fetch('callback/origins', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state }),
      credentials: 'omit',
    });
    if (answer.status === 400) return [];
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await answer.json()).origins;
  };

  if (state === '') {
    if (error === null && query.get('code') === null) {
      say('There is nothing to do here', 'Providers send people to this page after a sign-in. You may close this window.');
    } else {
      nobodyWaits('The answer does not say which sign-in it belongs to.');
    }
    return;
  }

  const name = channelName();
  if (name) {
    const channel = new BroadcastChannel(name);
    channel.postMessage(search);
    finish();
    return;
  }

  const opener = window.opener;
  if (opener === null) {
    nobodyWaits('This window was not opened by an application, or the application has gone.');
    return;
  }

  // The opener may say hello before the server has answered: the question is kept until then.
  const origins = originsOfState();
  window.addEventListener('message', async event => {
    const hello = event.data;
    if (event.source !== opener || hello?.type !== 'hello' || hello.payload?.state !== state) return;
    const allowed = await origins.catch(() => []);
    if (!allowed.includes(event.origin)) return;
    opener.postMessage({ type: 'response', payload: { search } }, event.origin);
    finish();
  });
  origins.then(
    allowed => {
      if (allowed.length === 0) nobodyWaits('This sign-in was not begun here, or is long over.');
    },
    () => say('The server could not be asked', 'Reload this page to try again.'));
  window.setTimeout(() => {
    if (!handedOver) nobodyWaits('The application that opened this window does not ask for the answer.');
  }, answerAfterMs);
})();
