// Speaks to the page that has this one in a frame or opened it. It must introduce itself, and its origin must be on the hub's list; then, and only
// then, is it told what happens, by name of its origin. Nobody is told anything by *.

const listener = window.parent !== window ? window.parent : window.opener;

let allowed = [];
let peer = null;
let waiting = [];
let onIntroduced = () => {};

/** Whether this page stands alone in its window. */
export const isAlone = listener === null;

/** Listens for whoever embeds the page. */
export function meet(origins, introduced) {
  allowed = origins;
  onIntroduced = introduced;
  window.addEventListener('message', event => {
    const hello = event.data;
    if (listener === null || event.source !== listener || hello?.type !== 'patchbay:hello' || !allowed.includes(event.origin)) return;
    const isFirst = peer === null;
    peer = event.origin;
    for (const message of isFirst ? waiting : []) listener.postMessage(message, peer);
    waiting = [];
    if (isFirst) onIntroduced(hello.payload?.mode ?? 'frame');
  });
  window.addEventListener('resize', tellHeight);
  new ResizeObserver(tellHeight).observe(document.body);
}

/** Tells what happened. */
export function tell(type, payload = {}) {
  if (listener === null) return;
  const message = { type: `patchbay:${type}`, payload };
  if (peer === null) waiting.push(message);
  else listener.postMessage(message, peer);
}

let told = 0;

function tellHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  waiting = waiting.filter(message => message.type !== 'patchbay:resized');
  tell('resized', { height });
}
