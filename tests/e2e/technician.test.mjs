import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESKTOP, PHONE, album, untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { alive, enter, testBay } from './lib/technician.mjs'
import { control, until, world } from './lib/world.mjs'

const PAGE_BYTES_MAX = 150_000 // the promise, everything included
const FIRST_VIEW_MS = 1000 // printed; it depends on the machine

const BAY = 3 // vacant

test('a technician with a phone and no internet services a dock', () => withBrowser(async browser => {
  await control('stop cloud')
  const person = await visitor(browser, { ...PHONE, colorScheme: 'light' })
  await serviceTheDock(person, album('technician-phone'), button => button.tap())
}))

test('a technician services a dock on a dark desktop by keyboard', () => withBrowser(async browser => {
  const person = await visitor(browser, { ...DESKTOP, colorScheme: 'dark' })
  await serviceTheDock(person, album('technician-desktop'), async button => {
    await button.focus()
    await button.press('Enter')
  })
}))

test('a technician services a dock without scripts', () => withBrowser(async browser => {
  const person = await visitor(browser, { ...PHONE, javaScriptEnabled: false })
  const page = await person.context.newPage()
  await enter(page, 'norte')
  await page.goto(`${world.docks.norte}/tech/bay/${BAY}`)
  await page.locator('#begin-service').click()
  await page.locator('#begin-test').waitFor()
  const verdict = await testBay(page, 'norte', BAY, button => button.click(), async () => {})
  assert.match(verdict, /em ordem/)
  await page.locator('.banner button').click()
  await page.locator('#begin-service').waitFor()
  untroubled(person)
}))

test('the pages of a technician fit their budget', () => withBrowser(async browser => {
  const person = await visitor(browser, PHONE)
  const page = await person.context.newPage()
  await enter(page, 'norte')
  for (const path of ['/', '/sign-in', '/tech', '/tech/bay/1', '/tech/journal', '/tech/system', '/tech/settings']) {
    const asked = []
    const note = request => { if (!request.url().startsWith('data:')) asked.push(request.url()) }
    page.on('request', note)
    const answer = await page.goto(world.docks.norte + path)
    const bytes = (await answer.body()).length
    const [paint] = await until('its first paint', () => page.evaluate(() => {
      const paints = performance.getEntriesByName('first-contentful-paint')
      return paints.length && paints.map(it => Math.round(it.startTime))
    }))
    page.off('request', note)
    console.log(`MEASURED ${path}: ${bytes} bytes, first view after ${paint} ms (of ${FIRST_VIEW_MS})`)
    assert(bytes < PAGE_BYTES_MAX, `${path}: ${bytes} bytes`)
    const others = asked.filter(url => !/\/live\?/.test(url) && new URL(url).pathname !== path && path !== '/sign-in')
    assert.deepEqual(others, [], path)
  }
  untroubled(person)
}))

/** In, service, a whole guided test, the journal's search, and out. */
async function serviceTheDock(person, shoot, press) {
  const base = world.docks.norte
  const page = await person.context.newPage()
  await page.goto(`${base}/`)
  await alive(page)
  await shoot(page, 'state')
  await press(page.locator('#sign-in'))
  await page.locator('#challenge').waitFor()
  await shoot(page, 'sign-in')
  await enter(page, 'norte')
  await alive(page)
  await shoot(page, 'bays')
  await press(page.locator(`#test-${BAY}`))
  await press(page.locator('#begin-service'))
  await page.locator('#begin-test').waitFor()
  await alive(page)
  await shoot(page, 'trial')
  const verdict = await testBay(page, 'norte', BAY, press, name => shoot(page, `trial-${name}`))
  assert.match(verdict, /em ordem/)
  for (const [path, name] of [['/tech/system', 'system'], ['/tech/settings', 'settings']]) {
    await page.goto(base + path)
    await page.locator('.banner strong').waitFor()
    await shoot(page, name)
  }
  await page.goto(`${base}/tech/journal`)
  await page.locator('select[name=kind]').selectOption('technician_acted')
  await press(page.locator('#search'))
  await until('sign-in, service, test', async () => (await page.locator('tbody tr').count()) >= 4)
  await shoot(page, 'journal')
  await press(page.locator('.banner button'))
  await page.waitForURL(/aviso=served/)
  await press(page.locator('.own button'))
  await page.waitForURL(/aviso=signed-out/)
  await page.goto(`${base}/tech`)
  assert.equal(new URL(page.url()).pathname, '/sign-in')
  untroubled(person)
}
