// The raffle's page in Chromium, from a file and offline: node verifier.mjs CHROMIUM PAGE CASES
// Started by cloud/verifier/tests/programs.rs, whose files name what the command line says of them.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [executablePath, page, list] = process.argv.slice(2)
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const VIEWS = [[390, 'light'], [390, 'dark'], [1280, 'light']]

const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
try {
  const context = await browser.newContext({ offline: true, locale: 'pt-BR' })
  const tab = await context.newPage(), troubles = []
  tab.on('pageerror', error => troubles.push(error.message))
  tab.on('console', line => troubles.push(line.text()))
  await tab.goto(pathToFileURL(page).href)
  for (const { path, receipt, refused, pending } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    await tab.setInputFiles('#receipt', receipt ?? [])
    await tab.setInputFiles('#bundle', path)
    await tab.locator('#verdict', { hasText: path.split('/').at(-1) }).waitFor({ timeout: 90_000 })
    const verdict = await tab.locator('#verdict h2').innerText()
    const right = refused ? `RECUSADO no passo “${refused}”` : pending ? 'CONFERE ATÉ AQUI' : 'CONFERE'
    assert.equal(verdict, right, `${path}: ${await tab.locator('#steps').innerText()}`)
    if (/good-(accounted|committed)|lie-another-root/.test(path)) await accessible(tab, path)
  }
  assert.deepEqual(troubles, [])
} finally {
  await browser.close()
}

async function accessible(tab, path) {
  for (const [width, colorScheme] of VIEWS) {
    await tab.setViewportSize({ width, height: 800 })
    await tab.emulateMedia({ colorScheme })
    await tab.evaluate(AXE)
    const { violations } = await tab.evaluate(values => axe.run({ runOnly: { type: 'tag', values } }), RULES)
    assert.deepEqual(violations.map(({ id, nodes }) => `${path} ${width} ${id} ${nodes[0].html}`), [])
    assert(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path}: wider than ${width} px`)
  }
}
