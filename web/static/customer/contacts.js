const box = document.getElementById('push')
const can = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

function bytes(text) {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(raw, char => char.charCodeAt(0))
}

async function subscribe() {
  if (await Notification.requestPermission() !== 'granted') return box.dataset.denied
  await navigator.serviceWorker.register('/sw.js')
  const ready = await navigator.serviceWorker.ready
  // A subscription of an older key would never be heard again.
  const old = await ready.pushManager.getSubscription()
  if (old) await old.unsubscribe()
  const options = { userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key) }
  const made = await ready.pushManager.subscribe(options)
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(box.dataset.url, { method: 'POST', headers, body: JSON.stringify(made) })
  if (!answer.ok) return box.dataset.failed
  location.replace(box.dataset.done)
  return ''
}

if (box && can) {
  const button = box.querySelector('button'), said = box.querySelector('[role=status]')
  box.hidden = false
  button.addEventListener('click', async () => {
    button.disabled = true
    said.textContent = await subscribe().catch(() => box.dataset.failed)
    button.disabled = false
  })
}
