const root = document.getElementById('live')
const net = document.getElementById('net')
const updated = document.getElementById('updated')
const waiting = new Map()
let heard = performance.now(), live = false

function news() {
  heard = performance.now()
  live = true
}

function paint() {
  for (const [key, bay] of waiting) {
    const words = root.dataset[bay.state]
    for (const place of root.querySelectorAll('[data-bay="' + CSS.escape(key) + '"]')) {
      place.dataset.state = bay.state
      const mark = place.querySelector('.mark'), state = place.querySelector('.state')
      if (mark) mark.textContent = words.slice(0, 1) + (place.hasAttribute('data-lane') ? ' ' + bay.carts : '')
      if (state) {
        state.textContent = words
        place.querySelector('.carts').textContent = bay.carts
      }
    }
  }
  waiting.clear()
}

function bays(data) {
  news()
  if (!waiting.size) requestAnimationFrame(paint)
  for (const bay of JSON.parse(data)) waiting.set(bay.dock + '/' + bay.bay, bay)
}

function totals(data) {
  news()
  const now = JSON.parse(data)
  for (const key of Object.keys(now.figures)) {
    const figure = root.querySelector('[data-figure="' + key + '"]'), [value, count] = now.figures[key]
    figure.querySelector('b').textContent = value
    if (count) figure.querySelector('i').textContent = count
  }
  document.getElementById('changed').hidden = String(now.problems) === root.dataset.problems
}

setInterval(() => {
  if (!live) return
  const seconds = Math.round((performance.now() - heard) / 1000)
  updated.textContent = root.dataset.ago.replace('{}', seconds)
  root.classList.toggle('stale', seconds > 30)
}, 1000)

stream(() => root.dataset.url, { bays, totals, ping: news }, bad => { net.hidden = !bad })
