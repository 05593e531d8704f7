const root = document.getElementById('live');
const notice = document.getElementById('notice');
const soundButton = document.getElementById('sound');
const captions = document.getElementById('captions');
const NOTICE_MS = 8000;
let fading, after;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

// Actions: every form works alone; here they go by JSON, and the stream shows what came of them.
async function act(verb, fields) {
  const body = {};
  for (const [name, value] of Object.entries(fields))
    if (value !== '') body[name] = name === 'bay' || name === 'to' ? Number(value) : name === 'clone' ? true : value;
  let answer;
  try {
    const response = await fetch('/simulator/api/' + verb, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    answer = await response.json();
    if (!response.ok) return refuse(answer.title, body.bay);
  } catch (error) {
    return refuse(document.getElementById('pulse').dataset.lost);
  }
  say(answer.said || '');
  after = { push: '#pull-' + body.bay, carry: '', unplug: '#plug', plug: '#mischief summary' }[verb] ?? '#hand input:checked';
  if (answer.url) location.assign(answer.url);
  return answer;
}

function say(words) {
  notice.textContent = words;
  clearTimeout(fading);
  fading = setTimeout(() => (notice.textContent = ''), NOTICE_MS);
}

function refuse(words, bay) {
  say(words);
  const element = document.getElementById('bay-' + bay);
  if (element && !calm.matches)
    element.querySelector('.row').animate(
      { transform: ['none', 'translateX(7px)', 'translateX(-5px)', 'translateX(3px)', 'none'] }, 320);
}

document.addEventListener('submit', (event) => {
  const button = event.submitter;
  const action = (button && button.getAttribute('formaction')) || event.target.getAttribute('action');
  if (!action.startsWith('/simulator/')) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target, button));
  if (action.endsWith('/push') || action.endsWith('/carry')) fields.tag = held();
  act(action.slice('/simulator/'.length), fields).then((answer) => {
    if (answer && event.target.id === 'arrival') event.target.remove();
  });
});

// The button that was pressed may be gone: the keyboard goes on where the cart is.
function follow() {
  const now = document.activeElement;
  const gone = now === document.body || !now.getClientRects().length;
  const next = gone && after && document.querySelector(after);
  if (!next || !next.getClientRects().length) return;
  next.focus({ preventScroll: true });
  after = '';
}

function held() {
  const chosen = document.querySelector('#hand input:checked');
  return chosen ? chosen.value : '';
}

const arrival = document.getElementById('arrival');
if (arrival) {
  history.replaceState(null, '', '/simulator');
  arrival.requestSubmit();
}

// Carts glide from place to place where the browser can do it.
function carts(scope) {
  return [...scope.querySelectorAll('[data-cart]')];
}

function place(cart) {
  const home = cart.closest('[data-drop]');
  return cart.dataset.cart + '@' + (home ? home.id : '');
}

let named = [];

// Unique names, also for two carts with one tag; a node that stays can have become something else.
function name(on) {
  for (const cart of named) cart.style.viewTransitionName = '';
  named = on ? carts(root) : [];
  const used = {};
  for (const cart of named) {
    const tag = cart.dataset.cart;
    used[tag] = (used[tag] || 0) + 1;
    cart.style.viewTransitionName = 'cart-' + tag + '-' + used[tag];
  }
}

root.addEventListener('volta:show', (event) => {
  const { fresh, update } = event.detail;
  const moved = carts(root).map(place).join() !== carts(fresh).map(place).join();
  if (!moved || calm.matches || !document.startViewTransition) return;
  event.preventDefault();
  name(true);
  const glide = document.startViewTransition(() => { update(); name(true); });
  // The next one may cut this one short.
  glide.ready.catch(() => {});
  glide.finished.then(() => name(false), () => {});
});

// Sounds, with a caption beside the lamp.
const TONES = {
  open: [[660, 0, 0.16], [990, 0.2, 0.22]],
  accepted: [[1175, 0, 0.7]],
  attention: [[240, 0, 0.13], [240, 0.22, 0.13], [240, 0.44, 0.13]],
};
const heard = {};
let audio, loud = true;

function count(play) {
  for (const bay of root.querySelectorAll('[data-bay]')) {
    const { bay: number, sounds, sound } = bay.dataset;
    const fresh = play && sounds !== heard[number] && sound;
    heard[number] = sounds;
    if (!fresh) continue;
    if (loud) ring(sound);
    const caption = bay.querySelector('.caption');
    captions.textContent = (bay.querySelector('h2').textContent + ' · ♪ ' + caption.textContent.trim());
    if (!calm.matches) caption.animate({ opacity: [0.2, 1] }, 600);
  }
}

function ring(sound) {
  if (!audio || audio.state !== 'running') return;
  for (const [hertz, from, length] of TONES[sound] || []) {
    const start = audio.currentTime + from;
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.type = sound === 'attention' ? 'square' : 'sine';
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(sound === 'attention' ? 0.08 : 0.2, start + 0.02);
    volume.gain.linearRampToValueAtTime(0, start + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + length + 0.05);
  }
}

function gesture() {
  if (!audio && window.AudioContext) audio = new AudioContext();
  if (audio && audio.state === 'suspended') audio.resume();
}
addEventListener('pointerdown', gesture);
addEventListener('keydown', gesture);
if (window.AudioContext) soundButton.hidden = false;
soundButton.addEventListener('click', () => {
  loud = !loud;
  soundButton.setAttribute('aria-pressed', loud);
  soundButton.textContent = loud ? soundButton.dataset.on : soundButton.dataset.off;
});
root.addEventListener('volta:shown', () => {
  count(true);
  follow();
});
count(false);

// Dragging is an extra: each button does the same.
const FAR_PX = 8;
let drag;

root.addEventListener('pointerdown', (event) => {
  const cart = event.target.closest('[data-drag]');
  if (!cart || event.button !== 0) return;
  drag = { cart, from: cart.dataset.drag, tag: cart.dataset.cart, x: event.clientX, y: event.clientY, pointer: event.pointerId };
});

addEventListener('pointermove', (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
  if (!drag.ghost) {
    if (Math.hypot(dx, dy) < FAR_PX) return;
    const box = drag.cart.getBoundingClientRect();
    drag.ghost = drag.cart.cloneNode(true);
    drag.ghost.classList.add('dragged');
    Object.assign(drag.ghost.style, { left: box.left + 'px', top: box.top + 'px', width: box.width + 'px' });
    document.body.append(drag.ghost);
    document.body.classList.add('dragging');
  }
  drag.ghost.style.transform = `translate(${dx}px,${dy}px) rotate(-3deg)`;
  mark(target(event));
});

addEventListener('pointerup', (event) => {
  const done = drag;
  if (!done || event.pointerId !== done.pointer) return;
  const goal = done.ghost && target(event);
  stop();
  if (goal) drop(done, goal);
});
addEventListener('pointercancel', stop);

function target(event) {
  const below = document.elementFromPoint(event.clientX, event.clientY);
  const goal = below && below.closest('[data-drop]');
  // Out of its bay a cart is in the hand, wherever the lot is on the screen.
  return goal || (drag.from === 'hand' ? null : document.getElementById('lot'));
}

function mark(goal) {
  for (const old of root.querySelectorAll('.goal')) if (old !== goal) old.classList.remove('goal');
  if (goal) goal.classList.add('goal');
}

function stop() {
  if (drag && drag.ghost) drag.ghost.remove();
  document.body.classList.remove('dragging');
  mark(null);
  drag = null;
}

async function drop({ from, tag }, goal) {
  const bay = goal.dataset.bay;
  if (bay === from || (from === 'hand' && !bay)) return;
  if (from !== 'hand' && !(await act('pull', { bay: from }))) return;
  if (bay) await act('push', { bay, tag });
}
