addEventListener('submit', function (event) {
  const form = event.target, button = form.querySelector('[data-busy]')
  if (!button) return
  if (form.dataset.sent) return event.preventDefault()
  const label = button.textContent
  form.dataset.sent = 1
  button.textContent = button.dataset.busy
  setTimeout(function () { delete form.dataset.sent; button.textContent = label }, 8000)
})
addEventListener('pageshow', function (event) {
  if (event.persisted && !document.getElementById('live')) location.reload()
})
