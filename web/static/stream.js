// An event stream that outlives a dead connection, a sleeping phone and a restarted server.
// `address()` gives the URL, or nothing once there is no more to hear.
function stream(address, handlers, troubled) {
  const SILENCE_MS = 25000, CONNECT_MS = 15000, NOTICE_MS = 4000, RETRY_MS_MAX = 15000
  let source, watchdog, retry, notice, delay = 1000

  function close() {
    clearTimeout(watchdog)
    clearTimeout(retry)
    clearTimeout(notice)
    if (source) source.close()
    source = null
  }

  function alive() {
    delay = 1000
    troubled(false)
    clearTimeout(notice)
    clearTimeout(watchdog)
    watchdog = setTimeout(lost, SILENCE_MS)
  }

  function lost() {
    close()
    troubled(true)
    retry = setTimeout(open, delay * (0.5 + Math.random()))
    delay = Math.min(delay * 2, RETRY_MS_MAX)
  }

  function open() {
    close()
    if (!address() || document.hidden) return
    source = new EventSource(address())
    for (const name of Object.keys(handlers)) {
      source.addEventListener(name, event => { alive(); handlers[name](event.data) })
    }
    source.addEventListener('ping', alive)
    source.onopen = alive
    source.onerror = lost
    watchdog = setTimeout(lost, CONNECT_MS)
    notice = setTimeout(() => troubled(true), NOTICE_MS)
  }

  document.addEventListener('visibilitychange', () => { document.hidden ? close() : open() })
  addEventListener('pageshow', event => { if (event.persisted) open() })
  addEventListener('pagehide', close)
  addEventListener('online', open)
  open()
  return open
}
