const SILENCE_MS = 25000, CONNECT_MS = 15000, NOTICE_MS = 4000, RETRY_MS_MAX = 15000
const root = document.getElementById('live')
const say = document.getElementById('say')
const net = document.getElementById('net')
let source, watchdog, retry, notice, delay = 1000
let clock, leftAtStart, startMono, startWall, spoken

const card = () => root.firstElementChild
const ended = () => card().hasAttribute('data-final')

function close() {
  clearTimeout(watchdog)
  clearTimeout(retry)
  clearTimeout(notice)
  if (source) source.close()
  source = null
}

function alive() {
  delay = 1000
  net.hidden = true
  clearTimeout(notice)
  clearTimeout(watchdog)
  watchdog = setTimeout(lost, SILENCE_MS)
}

function lost() {
  close()
  net.hidden = false
  retry = setTimeout(open, delay * (0.5 + Math.random()))
  delay = Math.min(delay * 2, RETRY_MS_MAX)
}

function open() {
  close()
  if (ended() || document.hidden) return
  source = new EventSource(root.dataset.url + '&visto=' + encodeURIComponent(card().dataset.state))
  source.addEventListener('state', event => { alive(); show(event.data) })
  source.addEventListener('ping', alive)
  source.onopen = alive
  source.onerror = lost
  watchdog = setTimeout(lost, CONNECT_MS)
  notice = setTimeout(() => { net.hidden = false }, NOTICE_MS)
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
  if (ended()) close()
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
    if (left <= mark && spoken > mark * 1000 && clock.dataset['say-' + mark]) say.textContent = clock.dataset['say-' + mark]
  }
  spoken = left * 1000
  if (left > 0) clock.textContent = Math.floor(left / 60) + ':' + ('0' + left % 60).slice(-2)
  else {
    clock.textContent = clock.dataset.over
    clock = null
    open()
  }
}

root.addEventListener('click', event => {
  const button = event.target.closest('button')
  if (!button) return
  if (button.hasAttribute('data-print')) print()
  if (!button.dataset.copy) return
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
  if (button.textContent === button.dataset.done) return
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, byHand)
  else byHand()
})

document.addEventListener('visibilitychange', () => { document.hidden ? close() : open() })
addEventListener('pageshow', event => { if (event.persisted) open() })
addEventListener('pagehide', close)
addEventListener('online', open)
setInterval(tick, 1000)
wind()
open()
