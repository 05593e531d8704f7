// Times the raffle's page in Chromium, from a file and offline: node verifier-bench.mjs PAGE BUNDLE ROUNDS
// Started by `scripts/bench verifier`; prints, round by round, what the page took and what JSON.parse took there.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [page, bundle, rounds] = process.argv.slice(2)
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const folders = process.env.PATH.split(path.delimiter)
const executablePath = NAMES.flatMap(name => folders.map(folder => path.join(folder, name))).find(fs.existsSync)
assert(executablePath, 'Chromium is missing')

const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
try {
  const context = await browser.newContext({ offline: true, locale: 'pt-BR' })
  const tab = await context.newPage(), times = []
  for (let round = 0; round < Number(rounds); round += 1) {
    await tab.goto(pathToFileURL(page).href)
    const page_us = tab.evaluate(untilTheVerdict)
    await tab.setInputFiles('#bundle', bundle)
    times.push({ page_us: await page_us, parse_us: await tab.evaluate(parsed) })
    assert.match(await tab.locator('#verdict h2').innerText(), /^CONFERE/)
  }
  console.log(JSON.stringify(times))
} finally {
  await browser.close()
}

/** From the moment at which a file is chosen. */
function untilTheVerdict() {
  return new Promise(done => {
    let began
    document.querySelector('#bundle').addEventListener('change', () => { began = performance.now() }, { capture: true })
    const seen = () => document.querySelector('#verdict h2') && done(Math.round(1000 * (performance.now() - began)))
    new MutationObserver(seen).observe(document.querySelector('#verdict'), { childList: true, subtree: true })
  })
}

async function parsed() {
  const text = await document.querySelector('#bundle').files[0].text(), began = performance.now()
  JSON.parse(text)
  return Math.round(1000 * (performance.now() - began))
}
