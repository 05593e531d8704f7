// Bytes and requests are a promise and fail; times depend on the machine and are printed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PHONE, untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { take, until, world } from './lib/world.mjs'

const PAGE_BYTES_MAX = 6_000 // one flight of a slow phone, with room for the handshake
const REQUESTS_MAX = 2 // the page and its event stream

const RUNS = 5
const SLOW_LINK = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 }
const SLOW_PHONE = { rate: 4 }

test('the dock page fits its budget of bytes and requests', () => keepsTheBudget(() => '/d/norte', 1))

test('the pay page fits its budget of bytes and requests', () =>
  keepsTheBudget(async () => (await take('norte')).address, 2))

test('times on a slow link are printed', async () => {
  const { address } = await take('norte')
  for (const [name, path] of [['dock', '/d/norte'], ['pay', address]]) {
    const runs = []
    for (let run = 0; run < RUNS; run += 1) {
      runs.push(await withBrowser(browser => timesOf(browser, path)))
    }
    const median = key => runs.map(times => times[key]).sort((a, b) => a - b)[(RUNS - 1) / 2]
    console.log(
      `MEASURED ${name}: first paint ${median('paint')} ms, usable ${median('usable')} ms ` +
        '(400 kbit/s, 400 ms, CPU 4x, median of 5)',
    )
  }
})

function keepsTheBudget(addressOf, requestsUsual) {
  return withBrowser(async browser => {
    const person = await visitor(browser, PHONE)
    const page = await person.context.newPage()
    const seen = await watch(page)
    await page.goto(world.cloud + (await addressOf()))
    await until('its usual requests', () => seen.requests.length >= requestsUsual)
    await until('the page itself', () => seen.whole > 0)
    // Whatever else it wanted it would have asked for by the time it can draw twice.
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
    const bytes = seen.whole - seen.headers
    console.log(`MEASURED ${page.url()}: ${bytes} bytes ${seen.encoding}, ${seen.whole} with headers`)
    assert.equal(seen.encoding, 'br')
    assert(bytes <= PAGE_BYTES_MAX, `${bytes} bytes`)
    assert(seen.requests.length <= REQUESTS_MAX, seen.requests.join(' '))
    untroubled(person)
  })
}

/** The bytes of all bodies as they came over the line, and the address of all that was asked for. */
async function watch(page) {
  const seen = { headers: 0, whole: 0, requests: [], encoding: '' }
  const tools = await page.context().newCDPSession(page)
  tools.on('Network.requestWillBeSent', ({ request }) => {
    if (!request.url.startsWith('data:')) seen.requests.push(request.url)
  })
  tools.on('Network.responseReceived', ({ type, response }) => {
    // So far that is its headers. The stream has no end, and no weight while nothing happens.
    if (type === 'Document') seen.headers += response.encodedDataLength
    const coded = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'content-encoding')
    if (type === 'Document' && coded) seen.encoding = coded[1]
  })
  tools.on('Network.loadingFinished', ({ encodedDataLength }) => { seen.whole += encodedDataLength })
  await tools.send('Network.enable')
  return seen
}

/** A page is usable once it is painted and its deferred scripts have run. */
async function timesOf(browser, path) {
  const person = await visitor(browser, PHONE)
  const page = await person.context.newPage()
  const tools = await page.context().newCDPSession(page)
  await tools.send('Network.enable')
  await tools.send('Network.emulateNetworkConditions', SLOW_LINK)
  await tools.send('Emulation.setCPUThrottlingRate', SLOW_PHONE)
  await page.goto(world.cloud + path)
  return until('its first paint', () => page.evaluate(() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    const [load] = performance.getEntriesByType('navigation')
    const whole = Math.round
    const ready = load.domContentLoadedEventEnd
    return paint && ready && {
      paint: whole(paint.startTime),
      usable: whole(Math.max(paint.startTime, ready)),
    }
  }))
}
