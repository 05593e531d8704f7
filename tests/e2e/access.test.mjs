import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faults } from './lib/axe.mjs'
import { visitor, withBrowser } from './lib/browser.mjs'
import { managerPages } from './lib/managers.mjs'
import { offlinePages } from './lib/offline.mjs'
import { technicianPages } from './lib/technician.mjs'
import { bankPages, dockPages, quietPages, rentalPages } from './lib/pages.mjs'

const VIEWS = [
  { name: 'desktop, light', width: 1280, height: 800, scheme: 'light', text: 1 },
  { name: '320 px, dark', width: 320, height: 640, scheme: 'dark', text: 1 },
  { name: '640 px, light, text at 200 %', width: 640, height: 800, scheme: 'light', text: 2 },
]

test('the pages of the cloud are accessible', () => all(quietPages))
test('the pages of a rental are accessible', () => all(rentalPages))
test('the pages of a dock are accessible', () => all(dockPages))
test("the managers' pages are accessible", () => all(managerPages))
test('the pages of a dock without internet are accessible', () => all(offlinePages))
test('the pages of a technician are accessible', () => all(technicianPages))
test("the bank's app is accessible", () => all(bankPages))

function all(pages) {
  return withBrowser(async browser => {
    const found = []
    // Nothing is judged half faded in.
    const person = await visitor(browser, { reducedMotion: 'reduce' })
    await pages(person, async (name, page) => {
      for (const view of VIEWS) found.push(...(await look(page, `${name} (${view.name})`, view)))
    })
    assert.deepEqual(found, [])
  })
}

async function look(page, name, view) {
  await page.setViewportSize({ width: view.width, height: view.height })
  await page.emulateMedia({ colorScheme: view.scheme, reducedMotion: 'reduce' })
  await page.evaluate(text => {
    const root = document.documentElement
    root.style.fontSize = ''
    root.style.fontSize = parseFloat(getComputedStyle(root).fontSize) * text + 'px'
  }, view.text)
  const found = await faults(page, name)
  await page.evaluate(() => { document.documentElement.style.fontSize = '' })
  return found
}
