const left = document.querySelector('[data-left]'), end = Date.now() + Number(left.dataset.left)
const two = function (n) { return n < 10 ? '0' + n : n }
setInterval(function () {
  const s = Math.floor((end - Date.now()) / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24)
  if (s < 0) return location.reload()
  left.textContent = d ? d + ' d' + (h % 24 ? ' ' + h % 24 + ' h' : '') : h ? h + ' h ' + two(m % 60) + ' min' : m ? m + ' min' : s + ' s'
}, 1000)
