const root = document.getElementById('live');
const pulse = document.getElementById('pulse');
const SILENCE_MS = 25000;
let seen = root.dataset.seen, source, watchdog, retry, wait = 1000;

document.documentElement.classList.add('js');

function sync(old, fresh) {
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && name !== 'style' && !(name === 'open' && old.nodeName === 'DETAILS'))
      old.removeAttribute(name);
  morph(old, fresh);
}

// Keeps nodes that stay, so that focus, choices and movements survive an update.
function morph(old, fresh) {
  const after = [...fresh.childNodes];
  after.forEach((node, index) => {
    const now = old.childNodes[index];
    if (!now) old.append(node);
    else if (now.nodeName !== node.nodeName || now.id !== node.id) now.replaceWith(node);
    else if (node.nodeType === 1) sync(now, node);
    else if (now.data !== node.data) now.data = node.data;
  });
  while (old.childNodes.length > after.length) old.lastChild.remove();
}

function show(html) {
  const fresh = document.createElement('template');
  fresh.innerHTML = html;
  const update = () => {
    const focused = document.activeElement && document.activeElement.id;
    morph(root, fresh.content);
    if (focused && document.activeElement === document.body) {
      const again = document.getElementById(focused);
      if (again) again.focus();
    }
    root.dispatchEvent(new CustomEvent('volta:shown'));
  };
  const around = new CustomEvent('volta:show', { cancelable: true, detail: { fresh: fresh.content, update } });
  if (root.dispatchEvent(around)) update();
}

function heard() {
  wait = 1000;
  pulse.textContent = pulse.dataset.live;
  pulse.classList.remove('lost');
  clearTimeout(watchdog);
  watchdog = setTimeout(open, SILENCE_MS);
}

function lost() {
  pulse.textContent = pulse.dataset.lost;
  pulse.classList.add('lost');
  // A refused stream is closed for good by the browser: retry by hand.
  if (source.readyState === 2) {
    clearTimeout(retry);
    retry = setTimeout(open, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, 15000);
  }
}

function close() {
  clearTimeout(watchdog);
  clearTimeout(retry);
  if (source) source.close();
}

function open() {
  close();
  if (document.hidden) return;
  source = new EventSource(root.dataset.stream + '?visto=' + encodeURIComponent(seen));
  watchdog = setTimeout(open, SILENCE_MS);
  source.addEventListener('ping', heard);
  source.addEventListener('state', (event) => {
    heard();
    if (event.lastEventId === seen) return;
    seen = event.lastEventId;
    show(event.data);
  });
  source.onopen = heard;
  source.onerror = lost;
}

document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
addEventListener('pageshow', (event) => event.persisted && open());
addEventListener('online', open);
addEventListener('pagehide', close);
open();
