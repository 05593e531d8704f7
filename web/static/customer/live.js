const root = document.getElementById('live')
const say = document.getElementById('say')
const net = document.getElementById('net')
const card = () => root.firstElementChild
let reopen, clock, leftAtStart, startMono, startWall, spoken

function address() {
  const now = card()
  return now.hasAttribute('data-final') ? '' : root.dataset.url + '&visto=' + encodeURIComponent(now.dataset.state)
}

function show(html) {
  const box = document.createElement('template')
  box.innerHTML = html
  const next = box.content.firstElementChild, last = card()
  if (!next || next.dataset.state === last.dataset.state) return
  const held = last.contains(document.activeElement)
  const typed = last.querySelector('#cpf'), field = next.querySelector('#cpf')
  if (typed && field) field.value = typed.value
  last.replaceWith(next)
  document.title = next.dataset.title
  say.textContent = next.dataset.say
  if (held) (typed && field || next.querySelector('h1')).focus()
  if (!typed) scrollTo(0, 0)
  if (next.hasAttribute('data-buzz') && navigator.vibrate) navigator.vibrate(200)
  wind()
  if (!address()) reopen()
}

function wind() {
  clock = root.querySelector('[data-left-ms]')
  if (!clock) return
  leftAtStart = +clock.dataset.leftMs
  startMono = performance.now()
  startWall = Date.now()
  spoken = leftAtStart
  tick()
}

function tick() {
  if (!clock) return
  // A sleeping phone may stop the one clock; a customer may set the other back.
  const gone = Math.max(performance.now() - startMono, Date.now() - startWall)
  const left = Math.max(0, Math.ceil((leftAtStart - gone) / 1000))
  for (const mark of [120, 30]) {
    const words = clock.dataset['say-' + mark]
    if (words && left <= mark && spoken > mark * 1000) say.textContent = words
  }
  spoken = left * 1000
  if (left > 0) clock.textContent = Math.floor(left / 60) + ':' + ('0' + left % 60).slice(-2)
  else {
    clock.textContent = clock.dataset.over
    clock = null
    if (reopen) reopen()
  }
}

root.addEventListener('click', event => {
  const button = event.target.closest('button')
  if (!button) return
  if (button.hasAttribute('data-print')) print()
  if (!button.dataset.copy || button.textContent === button.dataset.done) return
  const field = document.getElementById(button.dataset.copy), label = button.textContent
  const done = () => {
    button.textContent = button.dataset.done
    say.textContent = button.dataset.say
    setTimeout(() => { button.textContent = label }, 4000)
  }
  const byHand = () => {
    field.focus()
    field.select()
    if (document.execCommand('copy')) done()
  }
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, byHand)
  else byHand()
})


setInterval(tick, 1000)
wind()
reopen = stream(address, { state: show }, bad => { net.hidden = !bad })
