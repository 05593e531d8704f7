// Chromium as the tests drive it. A page of `visitor` fails its test for any console error, script
// error or breach of its content security policy.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { world } from './world.mjs'

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]
const PATIENCE_MS = 90_000

export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
export const DESKTOP = { viewport: { width: 1280, height: 800 } }

/** Runs `work` with a browser that has a fresh profile. */
export async function withBrowser(work) {
  const browser = await chromium.launch({ executablePath: world.chromium, args: FLAGS })
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

/** One person: own cookies, own language. `troubles` is what must stay empty. */
export async function visitor(browser, options = {}) {
  const context = await browser.newContext({
    locale: 'pt-BR',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const troubles = []
  if (options.javaScriptEnabled !== false) await context.addInitScript(tellBreaches)
  context.on('page', page => {
    page.on('pageerror', error => troubles.push(`${page.url()}: ${error.message}`))
    page.on('console', line => {
      if (['error', 'warning'].includes(line.type())) troubles.push(`${page.url()}: ${line.text()}`)
    })
  })
  return { context, troubles, open: address => open(context, address) }
}

function tellBreaches() {
  addEventListener('securitypolicyviolation', breach => {
    console.error(`content security policy: ${breach.violatedDirective} ${breach.blockedURI}`)
  })
}

async function open(context, address) {
  const page = await context.newPage()
  await page.goto(address.startsWith('/') ? world.cloud + address : address)
  return page
}

export function untroubled(person, expected = /^$/) {
  const surprises = person.troubles.filter(line => !expected.test(line))
  assert.deepEqual(surprises, [])
}

export function heading(page, words) {
  return page.getByRole('heading', { level: 1, name: words }).waitFor()
}

/**
 * Playwright keeps every page visible and focused; the page's own view of it is changed here. That
 * a hidden page is told so is the browser's business, what it does then is ours.
 */
export function setHidden(page, hidden) {
  return page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
    const visibilityState = hidden ? 'hidden' : 'visible'
    Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
}

/** Numbered pictures of one test, for people to look at. */
export function album(name) {
  const folder = path.join(world.pictures, name)
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(folder, { recursive: true })
  let number = 0
  return async (page, step, options = {}) => {
    number += 1
    const file = `${String(number).padStart(2, '0')}-${step}.png`
    await page.screenshot({ path: path.join(folder, file), fullPage: true, ...options })
  }
}
