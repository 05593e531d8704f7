// Counts a step's seconds down between two messages of the gateway. Not read out.
const live = document.getElementById('live');
let since = Date.now(), told = '';

setInterval(() => {
  const left = live.querySelector('[data-left]');
  if (!left) return;
  if (left.dataset.left !== told) {
    told = left.dataset.left;
    since = Date.now();
  }
  const seconds = Math.max(0, told - Math.floor((Date.now() - since) / 1000));
  if (left.textContent !== String(seconds)) left.textContent = seconds;
}, 250);

live.addEventListener('volta:shown', () => { told = ''; });
