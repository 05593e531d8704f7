import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { visitor, withBrowser } from './lib/browser.mjs'
import { managerPages } from './lib/managers.mjs'
import { offlinePages } from './lib/offline.mjs'
import { technicianPages } from './lib/technician.mjs'
import { bankPages, dockPages, quietPages, rentalPages } from './lib/pages.mjs'

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

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
    const faults = []
    // Nothing is judged half faded in.
    const person = await visitor(browser, { reducedMotion: 'reduce' })
    await pages(person, async (name, page) => {
      for (const view of VIEWS) faults.push(...(await look(page, `${name} (${view.name})`, view)))
    })
    assert.deepEqual(faults, [])
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
  // The policy of the pages refuses a script element; evaluation stands outside of it.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(values => axe.run({ runOnly: { type: 'tag', values } }), RULES)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  await page.evaluate(() => { document.documentElement.style.fontSize = '' })
  const faults = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(node => node.html.slice(0, 120) + ' ' + node.failureSummary.slice(0, 200))}`)
  return wide > 0 ? [...faults, `${name}: ${wide} px wider than the screen`] : faults
}
