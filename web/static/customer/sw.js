addEventListener('install', () => skipWaiting())
addEventListener('activate', event => event.waitUntil(clients.claim()))
addEventListener('push', event => {
  const said = event.data ? event.data.json() : {}
  // A notice that is sent twice has the same tag and shows once.
  const shown = { body: said.body, tag: said.id, lang: said.lang, data: { path: said.path } }
  event.waitUntil(registration.showNotification(said.title || 'Volta', shown))
})
addEventListener('notificationclick', event => {
  event.notification.close()
  const path = event.notification.data && event.notification.data.path
  if (path) event.waitUntil(clients.openWindow(path))
})
