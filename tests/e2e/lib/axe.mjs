// What is wrong with a page for those who do not see it, or see it small.
import fs from 'node:fs'
import { createRequire } from 'node:module'

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Breaches of the rules, and a page wider than its screen, in words that begin with `name`. */
export async function faults(page, name) {
  // The policy of the pages refuses a script element; evaluation stands outside of it.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(values => axe.run({ runOnly: { type: 'tag', values } }), RULES)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  const told = node => node.html.slice(0, 120) + ' ' + node.failureSummary.slice(0, 200)
  const found = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(told)}`)
  return wide > 0 ? [...found, `${name}: ${wide} px wider than the screen`] : found
}
