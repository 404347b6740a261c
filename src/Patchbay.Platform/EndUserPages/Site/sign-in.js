// Signs the user in at a provider, in a pop-up. What comes back to the landing page is fetched in both of its ways: by messages, and by a channel, which
// also reaches us where a provider cuts the tie between the two windows. A frame takes messages alone: browsers keep what a frame stores, and its
// channels, apart from those of windows, so that the landing page would call into a room where nobody is.
import { t } from './text.js';

const patienceMs = 15 * 60_000;
const helloEveryMs = 300;
const isFramed = window.parent !== window;

/** What went wrong at the provider, or on the way. */
export class SignInError extends Error {}

/** Opens the window; call it in the handler of a click, before anything is waited for, since browsers open windows only then. */
export function openWindow() {
  const popup = window.open('', '_blank', 'popup,width=520,height=720');
  if (popup === null) return null;
  try {
    popup.document.title = t('signIn.wait');
    popup.document.body.textContent = t('signIn.wait');
    popup.document.body.style.cssText = 'font:1rem/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh';
  } catch {
    // It is empty all the same.
  }
  return popup;
}

/**
 * Sends the window to the provider and waits for the answer.
 * @param {Window} popup The window.
 * @param {string} authorizeUrl Where it goes.
 * @param {AbortSignal} signal Gives up.
 * @param {() => void} onClosed The window seems closed: it may only have been cut off from us, so the waiting goes on.
 * @returns {Promise<{code: string, state: string}>}
 */
export function signIn(popup, authorizeUrl, signal, onClosed) {
  const state = new URL(authorizeUrl).searchParams.get('state') ?? '';
  const key = `oauth2-state-${state}`;
  const name = crypto.randomUUID();
  const channel = isFramed ? null : new BroadcastChannel(name);
  try {
    // The window's own storage: it was copied from ours when it was opened, and is another one since.
    if (channel) popup.sessionStorage.setItem(key, name);
  } catch {
    // Without storage the messages will do.
  }

  return new Promise((resolve, reject) => {
    let isClosed = false;
    const settle = (act, value) => {
      window.clearInterval(hello);
      window.clearTimeout(patience);
      window.removeEventListener('message', listen);
      signal.removeEventListener('abort', giveUp);
      channel?.close();
      act(value);
    };
    const take = search => {
      const answer = new URLSearchParams(search);
      if (answer.get('state') !== state) return;
      if (answer.get('error') === 'access_denied') settle(reject, new SignInError(t('signIn.denied')));
      else if (answer.get('error') !== null) settle(reject, new SignInError(t('signIn.failed', { detail: answer.get('error_description') ?? answer.get('error') })));
      else settle(resolve, { code: answer.get('code') ?? '', state });
    };
    const listen = event => {
      if (event.source !== popup || event.origin !== window.location.origin || event.data?.type !== 'response') return;
      take(event.data.payload?.search ?? '');
    };
    const giveUp = () => {
      if (!popup.closed) popup.close();
      settle(reject, new SignInError(t('signIn.cancelled')));
    };
    if (channel) channel.onmessage = event => take(event.data);
    window.addEventListener('message', listen);
    signal.addEventListener('abort', giveUp);
    const patience = window.setTimeout(giveUp, patienceMs);
    const hello = window.setInterval(() => {
      if (popup.closed) {
        if (!isClosed) onClosed();
        isClosed = true;
        return;
      }
      try {
        // Only our own landing page is told the state; for as long as the window is elsewhere the browser drops it.
        popup.postMessage({ type: 'hello', payload: { state } }, window.location.origin);
      } catch {
        // Cut off.
      }
    }, helloEveryMs);
    popup.location.replace(authorizeUrl);
  });
}
