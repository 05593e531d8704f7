import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PHONE, heading, setHidden, untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { proxyTo } from './lib/proxy.mjs'
import { control, pay, payAndPull, reach, take, until, world } from './lib/world.mjs'

// What the browser logs by itself while nobody answers.
const NO_ANSWER = /Failed to load resource: net::ERR_|the server responded with a status of 50\d/

test('the page is current after a line died silently while the phone was elsewhere', () =>
  withDyingLine(async (page, die) => {
    const order = await die()
    await setHidden(page, true)
    await pay(order.code)
    await reach(order.token, 'open')
    await setHidden(page, false)
    await heading(page, /^Vaga \d+ aberta$/)
  }))

test('the page is current after a line died silently before its eyes', () =>
  withDyingLine(async (page, die) => {
    const order = await die()
    await pay(order.code)
    await reach(order.token, 'open')
    await page.getByText('Reconectando… nada se perde.').waitFor()
    await heading(page, /^Vaga \d+ aberta$/)
    await page.getByText('Reconectando… nada se perde.').waitFor({ state: 'hidden' })
  }))

test('the page goes on after the cloud was killed and came back', () => withBrowser(async browser => {
  const order = await take('norte')
  const person = await visitor(browser, PHONE)
  const page = await person.open(order.address)
  await heading(page, /^Pague/)
  await control('stop cloud')
  await page.getByText('Reconectando… nada se perde.').waitFor()
  await control('start cloud')
  const tag = await payAndPull('norte', order)
  assert(tag)
  await heading(page, 'O carrinho está com você')
  await page.locator('#net').waitFor({ state: 'hidden' })
  untroubled(person, NO_ANSWER)
}))

// Over HTTP/1.1 a browser keeps six connections to one host: streams of hidden tabs must let go.
test('seven tabs at once do not stall', () => withBrowser(async browser => {
  const order = await take('norte')
  const person = await visitor(browser, PHONE)
  const tabs = []
  for (let tab = 0; tab < 7; tab += 1) {
    if (tabs.length) await setHidden(tabs.at(-1), true)
    const page = await person.context.newPage()
    const streams = page.waitForRequest(/\/live\?/)
    await page.goto(world.cloud + order.address)
    await streams
    await heading(page, /^Pague/)
    tabs.push(page)
  }
  await setHidden(tabs.at(-1), true)
  await setHidden(tabs[0], false)
  await pay(order.code)
  await heading(tabs[0], /^Vaga \d+ aberta$/)
  untroubled(person)
}))

test('seven tabs of a dock do not stall', () => withBrowser(async browser => {
  const person = await visitor(browser)
  let last
  for (let tab = 0; tab < 7; tab += 1) {
    if (last) await setHidden(last, true)
    last = await person.open(`${world.docks.norte}/${tab % 2 ? 'simulator' : ''}`)
    await until('the stream lives', () => last.locator('#pulse').textContent())
  }
  untroubled(person)
}))

/** A pay page behind a proxy; `die` silences the line it has and answers its rental. */
function withDyingLine(story) {
  return withBrowser(async browser => {
    const line = await proxyTo(world.cloud)
    try {
      const order = await take('norte')
      const person = await visitor(browser, PHONE)
      const page = await person.context.newPage()
      const stream = page.waitForResponse(/\/live\?/)
      await page.goto(line.address + order.address)
      await heading(page, /^Pague/)
      await stream
      await story(page, async () => {
        line.silence()
        return order
      })
      untroubled(person, NO_ANSWER)
    } finally {
      line.close()
    }
  })
}
