// Opens Patchbay's pages for end users inside your product:
//   <script src="https://patchbay.example.com/embed.js"></script>
//   Patchbay.open({ url, mode: 'frame', container: document.querySelector('#integrations'), onActivated: event => … });
// `url` is what your backend got by CreateEndUserSession, or a promise of it, or a function that gives one. It serves once.
(() => {
  'use strict';

  const modes = ['frame', 'popup', 'redirect'];
  const helloEveryMs = 250;
  const events = {
    ready: 'onReady', activated: 'onActivated', deactivated: 'onDeactivated', changed: 'onChanged', reconnected: 'onReconnected', expired: 'onExpired',
  };

  const frameOf = title => {
    const frame = document.createElement('iframe');
    frame.title = title;
    frame.style.cssText = 'display:block;width:100%;border:0;background:transparent;color-scheme:auto';
    // The sign-in at a provider is a window of its own, free of the frame's limits.
    frame.allow = 'clipboard-write';
    return frame;
  };

  const dialogOf = (frame, title) => {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', title);
    dialog.style.cssText = 'padding:0;border:0;border-radius:16px;overflow:hidden;width:min(58rem,calc(100vw - 2rem));height:min(52rem,calc(100vh - 2rem));max-width:none;max-height:none;box-shadow:0 24px 80px -20px rgb(0 0 0 / 50%)';
    frame.style.height = '100%';
    dialog.append(frame);
    document.body.append(dialog);
    return dialog;
  };

  /**
   * Opens the pages.
   * @param {object} options
   * @param {string | Promise<string> | (() => string | Promise<string>)} options.url The session's URL.
   * @param {'frame' | 'popup' | 'redirect'} [options.mode] Where; a frame without a container is a dialog.
   * @param {Element} [options.container] What the frame goes into.
   * @param {string} [options.title] The frame's name for users of a screen reader.
   * @returns {{ close: () => void }}
   */
  const open = options => {
    const { url, mode = 'frame', container = null, title = 'Integrations' } = options;
    if (!modes.includes(mode)) throw new TypeError(`Patchbay.open: mode must be one of ${modes.join(', ')}.`);
    let target = null;
    let origin = null;
    let element = null;
    let isOver = false;
    let hello = 0;
    const call = (name, payload) => { if (typeof options[name] === 'function') options[name](payload); };

    const close = () => {
      if (isOver) return;
      isOver = true;
      window.clearInterval(hello);
      window.removeEventListener('message', listen);
      if (mode === 'popup') target?.close();
      element?.remove();
      call('onClose');
    };

    const listen = event => {
      // From our window, at the server's origin: anybody can send anything to a page.
      if (event.source !== target || event.origin !== origin || typeof event.data?.type !== 'string' || !event.data.type.startsWith('patchbay:')) return;
      const type = event.data.type.slice('patchbay:'.length);
      const payload = event.data.payload ?? {};
      if (type === 'close') close();
      else if (type === 'resized' && container !== null) element.style.height = `${Math.max(200, Number(payload.height) || 0)}px`;
      else if (events[type]) call(events[type], payload);
      if (type === 'ready') window.clearInterval(hello);
    };

    const introduce = () => {
      if (mode === 'popup' && target.closed) {
        close();
        return;
      }
      target.postMessage({ type: 'patchbay:hello', payload: { mode: mode === 'popup' ? 'popup' : container === null ? 'dialog' : 'frame' } }, origin);
    };

    const go = address => {
      if (isOver) return;
      const page = new URL(address, window.location.href);
      if (page.protocol !== 'https:' && page.protocol !== 'http:') throw new TypeError('Patchbay.open: url must be a web address.');
      origin = page.origin;
      if (mode === 'redirect') {
        window.location.assign(page.href);
        return;
      }
      window.addEventListener('message', listen);
      if (mode === 'popup') {
        target.location.replace(page.href);
      } else {
        element.querySelector?.('iframe')?.setAttribute('src', page.href);
        if (element.localName === 'iframe') element.src = page.href;
        target = (element.localName === 'iframe' ? element : element.querySelector('iframe')).contentWindow;
      }
      hello = window.setInterval(introduce, helloEveryMs);
    };

    if (mode === 'popup') {
      // At once: browsers open windows only in the handler of a click.
      target = window.open('about:blank', '_blank', 'popup,width=920,height=820');
      if (target === null) {
        call('onBlocked');
        return { close };
      }
    } else if (mode === 'frame') {
      const frame = frameOf(title);
      if (container === null) {
        element = dialogOf(frame, title);
        element.addEventListener('close', close);
        element.showModal();
      } else {
        element = frame;
        container.replaceChildren(frame);
      }
    }

    Promise.resolve(typeof url === 'function' ? url() : url).then(go).catch(error => {
      close();
      call('onError', error);
    });
    return { close };
  };

  window.Patchbay = Object.freeze({ open });
})();
